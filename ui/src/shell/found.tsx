/** What the server knows of what is typed into the palette. */
import { useDebouncedValue } from '@mantine/hooks'
import type { SpotlightActionData } from '@mantine/spotlight'
import { IconActivity, IconTable, IconTimeline } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import type { PipelineSummary, RunSummary } from '~/api/schema'
import { pipelinePath, runPath, shortId, useEnvironment } from '~/kit/Links'
import { lookOf } from '~/kit/status'
import { logicalDate } from '~/kit/time'
import { tablePath } from '~/sql/names'
import { isPartOf, isPartOfId, isWholeId } from './ids'

type Go = (path: string) => () => void

export function useFound(query: string, go: Go) {
  const environment = useEnvironment()
  const [search] = useDebouncedValue(query, 150)
  const pipelines = useGet('/api/v1/pipelines', {
    params: { query: { environment, search, limit: 8 } },
    enabled: search.length > 0,
  })
  const tables = useGet('/api/v1/lake/tables', {
    params: { query: { environment, search, limit: 5 } },
    enabled: search.length > 0,
  })
  const isId = isPartOfId(search)
  const runs = useGet('/api/v1/runs', { params: { query: { search, limit: 5 } }, enabled: isId })
  const found = isId ? (runs.data?.items ?? []).filter(({ id }) => isPartOf(search, id)) : []
  return {
    runs: isWholeId(query) ? [wholeId(query, go)] : found.map((run) => runAction(run, go)),
    pipelines: search.length > 0 ? (pipelines.data?.items ?? []).map((pipeline) => pipelineAction(pipeline, go)) : [],
    tables: search.length > 0 ? (tables.data?.items ?? []).map(({ name }) => tableAction(name, go)) : [],
  }
}

const wholeId = (id: string, go: Go): SpotlightActionData => ({
  id,
  label: `Run ${id}`,
  onClick: go(runPath(id)),
  leftSection: <IconActivity size={18} aria-hidden />,
})

const runAction = (run: RunSummary, go: Go): SpotlightActionData => ({
  id: run.id,
  label: `Run ${shortId(run.id)}`,
  description: `${run.team}/${run.pipeline}, ${logicalDate(run)}: ${lookOf(run.status).word}`,
  onClick: go(runPath(run.id)),
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
