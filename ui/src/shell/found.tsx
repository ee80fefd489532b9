/** What the server knows of what is typed into the palette. */
import { useDebouncedValue } from '@mantine/hooks'
import type { SpotlightActionData } from '@mantine/spotlight'
import { IconActivity, IconTable, IconTimeline } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import type { PipelineSummary, RunSummary } from '~/api/schema'
import { pipelinePath, runPath, shortId, useEnvironment } from '~/kit/Links'
import { lookOf } from '~/kit/status'
import { logicalDate } from '~/kit/time'
import { datesIn, wanted } from '~/runs/wanted'
import { tablePath } from '~/sql/names'
import { isPartOf, isPartOfId, isWholeId } from './ids'

type Go = (path: string) => () => void

export function useFound(query: string, go: Go) {
  const [search] = useDebouncedValue(query, 150)
  const { text, since } = datesIn(search)
  return {
    runs: [...useRunsOfDate(since ? search : '', go), ...useRunsOfId(query, since ? '' : search, go)],
    ...useNamed(text.trim(), go),
  }
}

function useNamed(search: string, go: Go) {
  const query = { environment: useEnvironment(), search }
  const enabled = search.length > 0
  const pipelines = useGet('/api/v1/pipelines', { params: { query: { ...query, limit: 8 } }, enabled })
  const tables = useGet('/api/v1/lake/tables', { params: { query: { ...query, limit: 5 } }, enabled })
  return {
    pipelines: enabled ? (pipelines.data?.items ?? []).map((pipeline) => pipelineAction(pipeline, go)) : [],
    tables: enabled ? (tables.data?.items ?? []).map(({ name }) => tableAction(name, go)) : [],
  }
}

function useRunsOfId(query: string, search: string, go: Go): SpotlightActionData[] {
  const isId = isPartOfId(search)
  const runs = useGet('/api/v1/runs', { params: { query: { search, limit: 5 } }, enabled: isId })
  if (isWholeId(query)) return [wholeId(query, go)]
  const found = isId ? (runs.data?.items ?? []).filter(({ id }) => isPartOf(search, id)) : []
  return found.map((run) => ({
    ...runAction(run, go),
    label: `Run ${shortId(run.id)}`,
    description: `${run.team}/${run.pipeline}, ${logicalDate(run)}: ${lookOf(run.status).word}`,
  }))
}

/** The newest of them, and the page of all. */
function useRunsOfDate(search: string, go: Go): SpotlightActionData[] {
  const query = { environment: useEnvironment(), ...wanted({ search }), limit: 5 }
  const runs = useGet('/api/v1/runs', { params: { query }, enabled: search !== '' })
  if (!search || !runs.data?.items.length) return []
  const found = runs.data.items.map((run) => ({
    ...runAction(run, go),
    label: `${run.team}/${run.pipeline} of ${logicalDate(run)}`,
    description: `Run ${shortId(run.id)}: ${lookOf(run.status).word}`,
  }))
  return [...found, allRuns(search, go)]
}

const wholeId = (id: string, go: Go): SpotlightActionData => ({
  id,
  label: `Run ${id}`,
  onClick: go(runPath(id)),
  leftSection: <IconActivity size={18} aria-hidden />,
})

const allRuns = (search: string, go: Go): SpotlightActionData => ({
  id: `runs ${search}`,
  label: `All runs of ${search}`,
  onClick: go(`/runs?${new URLSearchParams({ search })}`),
  leftSection: <IconActivity size={18} aria-hidden />,
})

const runAction = ({ id }: RunSummary, go: Go): SpotlightActionData => ({
  id,
  onClick: go(runPath(id)),
  leftSection: <IconActivity size={18} aria-hidden />,
})

const pipelineAction = ({ team, name }: PipelineSummary, go: Go): SpotlightActionData => ({
  id: `${team}/${name}`,
  label: `${team}/${name}`,
  onClick: go(pipelinePath(team, name)),
  leftSection: <IconTimeline size={18} aria-hidden />,
})

const tableAction = (name: string, go: Go): SpotlightActionData => ({
  id: `table ${name}`,
  label: name,
  onClick: go(tablePath(name)),
  leftSection: <IconTable size={18} aria-hidden />,
})
