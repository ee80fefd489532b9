import { type KeyboardEvent, useEffect, useState } from 'react'
import { SearchField } from '~/kit/SearchField'
import type { useMatches } from './useLog'

type Props = { search: string; found: ReturnType<typeof useMatches>; step: (way: 1 | -1) => void }
type Asked = { text: string; way: 1 | -1 }

/** What is looked for. Enter goes to the next match, as soon as there is one; with Shift to the one before. */
export function LogSearch({ search, found: { lines, all }, step }: Props) {
  const [asked, setAsked] = useState<Asked>()
  const isKnown = lines.length > 0 || all
  useEffect(() => {
    if (!asked || asked.text !== search || !isKnown) return
    setAsked(undefined)
    step(asked.way)
  }, [asked, search, isKnown, step])
  const onKeyDown = ({ key, shiftKey, target }: KeyboardEvent) => {
    const { value } = target as HTMLInputElement
    if (key === 'Enter' && value) setAsked({ text: value, way: shiftKey ? -1 : 1 })
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the field in it takes the keys
    <div onKeyDown={onKeyDown}>
      <SearchField label="Search this log" width="220px" />
    </div>
  )
}
