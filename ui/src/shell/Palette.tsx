/** `Ctrl-K`: every place, every pipeline and table, a run by its date or its id or a part of it, and what one may do where one is. */

import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'
import { useDeeds } from './deeds'
import { useFound } from './found'
import { chooseBefore, PALETTE_FIELD, store, takeFirst } from './paletteStore'
import { PLACES } from './places'

export function Palette() {
  const [query, setQuery] = useState('')
  const actions = useActions(query.trim())
  useFirst(actions.flatMap((group) => group.actions.map(({ id }) => id)).join(' '))
  return (
    <Spotlight
      store={store}
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      // The shell listens for it: before this is there.
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': 'Find anything' } }}
      nothingFound="Nothing has this name."
      // The server has searched already; what it found is not filtered again.
      filter={(_, found) => found}
      searchProps={{
        id: PALETTE_FIELD,
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'A pipeline, a table, a run by date or id, a place, what to do …',
        'aria-label': 'Find anything',
        onKeyDown: ({ key }) => chooseBefore(key),
      }}
    />
  )
}

/** Enter takes the first, also when the server's answer comes after the last key. */
function useFirst(found: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is done anew whenever something else is found
  useEffect(() => {
    const later = requestAnimationFrame(takeFirst)
    return () => cancelAnimationFrame(later)
  }, [found])
}

type Go = (path: string) => () => void

function useActions(query: string): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const environment = useEnvironment()
  const go: Go = (path) => () => navigate(within(environment, path))
  const { runs, pipelines, tables } = useFound(query, go)
  const { here, anywhere } = useDeeds(go)
  return [
    { group: 'Runs', actions: runs },
    { group: 'Pipelines', actions: pipelines },
    { group: 'Tables', actions: tables },
    { group: 'Here', actions: named(query, here) },
    { group: 'Places', actions: placesNamed(query, go) },
    { group: 'Anywhere', actions: named(query, anywhere) },
  ].filter((group) => group.actions.length > 0)
}

/** Those that have all the words. */
function named(query: string, deeds: SpotlightActionData[]): SpotlightActionData[] {
  const words = query.toLowerCase().split(/\s+/)
  return deeds.filter(({ label = '' }) => words.every((word) => label.toLowerCase().includes(word)))
}

function placesNamed(query: string, go: Go): SpotlightActionData[] {
  const wanted = query.toLowerCase()
  return PLACES.filter((place) => place.name.toLowerCase().includes(wanted)).map(({ name, path, icon: Icon }) => ({
    id: path,
    label: name,
    onClick: go(path),
    leftSection: <Icon size={18} aria-hidden />,
  }))
}
