import { cloneElement, type ReactElement, type SyntheticEvent, useState } from 'react'
import { Tip } from './Tip'

type Handlers = Partial<
  Record<'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur', (event: SyntheticEvent<HTMLElement>) => void>
>

/** A tooltip that is made when somebody points at what it is about: a page has hundreds, and each costs more than what it explains. */
export function Hint({ label, children }: { label: string; children: ReactElement<Handlers> }) {
  const [pointed, setPointed] = useState<HTMLElement | null>(null)
  const point = (event: SyntheticEvent<HTMLElement>) => setPointed(event.currentTarget)
  const leave = () => setPointed(null)
  return (
    <>
      {cloneElement(children, { onPointerEnter: point, onPointerLeave: leave, onFocus: point, onBlur: leave })}
      <Tip at={pointed} label={label} />
    </>
  )
}
