import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { DataTable } from '~/kit/table/DataTable'
import { useFilters } from '~/pipelines/useFilters'
import { COLUMNS } from './columns'
import { FILTERS, RunFilterBar, type RunFilters } from './RunFilters'
import { wanted } from './wanted'

/** Every run of an environment, newest first. */
export function RunsPage() {
  const filters = useFilters(FILTERS)
  return (
    <>
      <PageHeader title="Runs" below="Newest first. Dates are what a run is about; times are yours." />
      <RunFilterBar filters={filters} />
      <Found filters={filters} />
    </>
  )
}

function useRuns(values: RunFilters['values']) {
  const query = { environment: useEnvironment(), limit: 100, ...wanted(values) }
  return usePages('/api/v1/runs', { params: { query } })
}

function Found({ filters }: { filters: RunFilters }) {
  const runs = useRuns(filters.values)
  const { hasNextPage, fetchNextPage } = runs
  const more = useCallback(() => void (hasNextPage && fetchNextPage()), [hasNextPage, fetchNextPage])
  return (
    <Loaded query={runs} lines={10}>
      {() =>
        runs.items.length === 0 ? (
          <None filters={filters} />
        ) : (
          <DataTable
            label="Runs"
            rows={runs.items}
            columns={COLUMNS}
            rowKey={(run) => run.id}
            onEnd={more}
            busy={runs.isFetching}
          />
        )
      }
    </Loaded>
  )
}

function None({ filters }: { filters: RunFilters }) {
  if (filters.any) {
    return (
      <Empty
        title="No run matches"
        action={
          <Button variant="default" onClick={filters.clear}>
            Clear the filters
          </Button>
        }
      >
        Take a filter away, or look in another environment. The search knows pipelines, labels (<code>key=value</code>),
        the beginnings and ends of ids, and the dates that runs are about: <code>2026-11-21</code>, a month (
        <code>2026-11</code>), or a pipeline and a date (<code>weather 2026-11-21</code>).
      </Empty>
    )
  }
  return (
    <Empty title="Nothing has run here yet" command="polder run TEAM/PIPELINE --follow">
      Runs appear by themselves as soon as something starts them: a schedule, another pipeline, a webhook or you.
    </Empty>
  )
}
