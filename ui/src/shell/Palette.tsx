/** `Ctrl-K`: every place, every pipeline, a run by its id. */

import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconActivity, IconSearch, IconTimeline } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useGet } from '~/api/queries'
import { pipelinePath, runPath, useEnvironment, within } from '~/kit/Links'
import { PALETTE_FIELD, store, takeFirst } from './paletteStore'
import { PLACES } from './places'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

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
        placeholder: 'A pipeline, a place, the id of a run …',
        'aria-label': 'Find anything',
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

function useActions(query: string): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const environment = useEnvironment()
  const [search] = useDebouncedValue(query, 150)
  const pipelines = useGet('/api/v1/pipelines', {
    params: { query: { environment, search, limit: 8 } },
    enabled: search.length > 0,
  })
  const go = (path: string) => () => navigate(within(environment, path))
  const found = search.length > 0 ? (pipelines.data?.items ?? []) : []
  return [
    { group: 'Runs', actions: UUID.test(query) ? [runAction(query, go(runPath(query)))] : [] },
    {
      group: 'Pipelines',
      actions: found.map(({ team, name }) => pipelineAction(team, name, go(pipelinePath(team, name)))),
    },
    { group: 'Places', actions: placesNamed(query, go) },
  ].filter((group) => group.actions.length > 0)
}

function placesNamed(query: string, go: (path: string) => () => void): SpotlightActionData[] {
  const wanted = query.toLowerCase()
  return PLACES.filter((place) => place.name.toLowerCase().includes(wanted)).map(({ name, path, icon: Icon }) => ({
    id: path,
    label: name,
    onClick: go(path),
    leftSection: <Icon size={18} aria-hidden />,
  }))
}

function pipelineAction(team: string, name: string, onClick: () => void): SpotlightActionData {
  return {
    id: `${team}/${name}`,
    label: `${team}/${name}`,
    onClick,
    leftSection: <IconTimeline size={18} aria-hidden />,
  }
}

function runAction(id: string, onClick: () => void): SpotlightActionData {
  return { id, label: `Run ${id}`, onClick, leftSection: <IconActivity size={18} aria-hidden /> }
}
