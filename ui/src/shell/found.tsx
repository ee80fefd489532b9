/**
 * What the server knows of what is typed into the palette. Its answers come later than the keys: of an answer to what was typed before
 * stays what is in what is typed now, so that Enter takes nothing that nobody asks for any more.
 */
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
  const asked: Asked = { query, isLate: search !== query }
  const ofDate = useRunsOfDate(since ? search : '', asked, go)
  const ofId = useRunsOfId(since ? '' : search, asked, go)
  return { runs: [...ofDate, ...ofId], ...useNamed(text.trim(), asked, go) }
}

/** What is typed, and whether the server was not asked for that yet. */
type Asked = { query: string; isLate: boolean }

/** Those that have all the words. */
function still(found: SpotlightActionData[], { query, isLate }: Asked, isOfBefore: boolean): SpotlightActionData[] {
  if (!isLate && !isOfBefore) return found
  const words = query.toLowerCase().split(/\s+/)
  const told = ({ id = '', label = '' }: SpotlightActionData) => `${label} ${id}`.toLowerCase()
  return found.filter((line) => query !== '' && words.every((word) => told(line).includes(word)))
}

function useNamed(search: string, asked: Asked, go: Go) {
  const query = { environment: useEnvironment(), search }
  const enabled = search.length > 0
  const pipelines = useGet('/api/v1/pipelines', { params: { query: { ...query, limit: 8 } }, enabled })
  const tables = useGet('/api/v1/lake/tables', { params: { query: { ...query, limit: 5 } }, enabled })
  const lines = (pipelines.data?.items ?? []).map((pipeline) => pipelineAction(pipeline, go))
  const found = (tables.data?.items ?? []).map(({ name }) => tableAction(name, go))
  return {
    pipelines: enabled ? still(lines, asked, pipelines.isPlaceholderData) : [],
    tables: enabled ? still(found, asked, tables.isPlaceholderData) : [],
  }
}

function useRunsOfId(search: string, asked: Asked, go: Go): SpotlightActionData[] {
  const isId = isPartOfId(search)
  const runs = useGet('/api/v1/runs', { params: { query: { search, limit: 5 } }, enabled: isId })
  if (isWholeId(asked.query)) return [wholeId(asked.query, go)]
  const found = isId ? (runs.data?.items ?? []).filter(({ id }) => isPartOf(search, id)) : []
  const lines = found.map((run) => ({
    ...runAction(run, go),
    label: `Run ${shortId(run.id)}`,
    description: `${run.team}/${run.pipeline}, ${logicalDate(run)}: ${lookOf(run.status).word}`,
  }))
  return still(lines, asked, runs.isPlaceholderData)
}

/** The newest of them, and the page of all. */
function useRunsOfDate(search: string, asked: Asked, go: Go): SpotlightActionData[] {
  const query = { environment: useEnvironment(), ...wanted({ search }), limit: 5 }
  const runs = useGet('/api/v1/runs', { params: { query }, enabled: search !== '' })
  if (!search || !runs.data?.items.length) return []
  const found = runs.data.items.map((run) => ({
    ...runAction(run, go),
    label: `${run.team}/${run.pipeline} of ${logicalDate(run)}`,
    description: `Run ${shortId(run.id)}: ${lookOf(run.status).word}`,
  }))
  return still([...found, allRuns(search, go)], asked, runs.isPlaceholderData)
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
