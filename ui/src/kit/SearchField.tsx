import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useUrl } from './useUrl'

type Props = {
  label: string
  name?: string
  /** In pixels where there is room, else all of it; or as it says. */
  width?: number | string
}

/** Looks for a text; what is looked for stands in the address. `/` comes here. */
export function SearchField({ label, name = 'search', width = 280 }: Props) {
  const [searched, setSearched] = useUrl(name)
  const [typed, setTyped] = useState(searched)
  const search = useDebouncedCallback(setSearched, 200)
  useEffect(() => setTyped(searched), [searched])
  const type = (text: string) => {
    setTyped(text)
    search(text)
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      data-page-search
      w={typeof width === 'number' ? { base: '100%', xs: width } : width}
      maw="100%"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed ? <CloseButton size="sm" aria-label="Clear" onClick={() => type('')} /> : <Slash />}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
    />
  )
}

/** Who has no keyboard need not know of it. */
const Slash = () => (
  <Kbd size="xs" visibleFrom="sm">
    /
  </Kbd>
)
