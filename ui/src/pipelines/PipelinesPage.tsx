import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { DataTable } from '~/kit/table/DataTable'
import { ZONE } from '~/kit/time'
import { counted } from '~/kit/units'
import { useTroubles } from '~/runs/useTroubles'
import { COLUMNS, TroublesContext } from './columns'
import { FILTERS, PipelineFilterBar, type PipelineFilters, stateOf } from './PipelineFilterBar'
import classes from './pipelines.module.css'
import { useFilters } from './useFilters'

/** Every pipeline of an environment, by name. */
export function PipelinesPage() {
  const filters = useFilters(FILTERS)
  const pipelines = usePipelines(filters.values)
  const troubles = useTroubles(useEnvironment(), filters.values.team)
  const total = pipelines.data?.pages[0]?.total ?? undefined
  const found = total === undefined ? 'Pipelines' : counted(total, 'pipeline')
  return (
    <>
      <PageHeader title="Pipelines" below={<span role="status">{`${found}; times are in ${ZONE}`}</span>} />
      <PipelineFilterBar filters={filters} />
      <TroublesContext value={troubles}>
        <Found filters={filters} pipelines={pipelines} total={total} />
      </TroublesContext>
    </>
  )
}

function usePipelines({ search, team, state }: PipelineFilters['values']) {
  const environment = useEnvironment()
  const query = { environment, limit: 100, search, team, state: stateOf(state) }
  return usePages('/api/v1/pipelines', { params: { query } })
}

type FoundProps = { filters: PipelineFilters; pipelines: ReturnType<typeof usePipelines>; total: number | undefined }

function Found({ filters, pipelines, total }: FoundProps) {
  const { hasNextPage, fetchNextPage, items } = pipelines
  const more = useCallback(() => void (hasNextPage && fetchNextPage()), [hasNextPage, fetchNextPage])
  const table = () => (
    <div className={pipelines.isPlaceholderData ? classes.old : undefined}>
      <DataTable
        label="Pipelines"
        rows={items}
        columns={COLUMNS}
        rowKey={(pipeline) => pipeline.id}
        rowHeight={56}
        total={total}
        onEnd={more}
        busy={pipelines.isFetching}
      />
    </div>
  )
  return (
    <Loaded query={pipelines} lines={10}>
      {() => (items.length === 0 ? <None filters={filters} /> : table())}
    </Loaded>
  )
}

function None({ filters }: { filters: PipelineFilters }) {
  if (!filters.any) {
    return (
      <Empty title="No pipeline is here yet" command="polder init hello --team tour">
        This makes a project with a first pipeline; <code>polder deploy</code> in its folder brings it here.
      </Empty>
    )
  }
  return (
    <Empty
      title="No pipeline is like this"
      action={
        <Button variant="default" onClick={filters.clear}>
          Clear the filters
        </Button>
      }
    >
      The search looks into names, descriptions, owners and labels (<code>key=value</code>).
    </Empty>
  )
}
