import { Autocomplete, Button, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { SearchField } from '~/kit/SearchField'
import { useUrl } from '~/kit/useUrl'
import { ACTIONS } from './actions'
import { fromField, toField } from './instants'

export function Filters({ any, onClear }: { any: boolean; onClear: () => void }) {
  return (
    <Stack gap="xs">
      <SearchField label="Anything in an entry" width={360} />
      <SimpleGrid cols={{ base: 2, md: 5 }} spacing="xs" verticalSpacing="xs">
        <Exactly name="actor" label="Actor" />
        <Exactly name="action" label="Action" known={ACTIONS} />
        <Exactly name="object" label="Object" />
        <Instant name="since" label="Since" />
        <Instant name="until" label="Until" />
      </SimpleGrid>
      {any && (
        <Button variant="subtle" size="compact-sm" onClick={onClear} style={{ alignSelf: 'flex-start' }}>
          Clear all filters
        </Button>
      )}
    </Stack>
  )
}

type FieldProps = { name: string; label: string; known?: string[] }

/** What is typed stands in the address after a moment. */
function Exactly({ name, label, known = [] }: FieldProps) {
  const [wanted, setWanted] = useUrl(name)
  const [typed, setTyped] = useState(wanted)
  const search = useDebouncedCallback(setWanted, 300)
  useEffect(() => setTyped(wanted), [wanted])
  const type = (text: string) => {
    setTyped(text)
    search(text.trim())
  }
  return (
    <Autocomplete
      size="xs"
      label={label}
      placeholder="any"
      data={known}
      value={typed}
      onChange={type}
      clearable
      comboboxProps={{ withinPortal: false }}
      clearButtonProps={{ 'aria-label': `Any ${name}` }}
    />
  )
}

function Instant({ name, label }: FieldProps) {
  const [wanted, setWanted] = useUrl(name)
  const [typed, setTyped] = useState(toField(wanted))
  useEffect(() => setTyped(toField(wanted)), [wanted])
  const change = (field: string) => {
    setTyped(field)
    // While one types, a field is empty until all of it is there.
    setWanted(fromField(field))
  }
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      label={label}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}
