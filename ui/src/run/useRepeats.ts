import { useQuery } from '@tanstack/react-query'
import { get } from '~/api/queries'
import type { Run } from '~/api/schema'

/** How far back it is looked, among the newest runs of the pipeline about this day or later. */
const AMONG = 200
const STALE = 10_000

/** The runs that repeat this one, oldest first. */
export function useRepeats(run: Run) {
  const { team, pipeline, environment } = run
  const since = run.logical_day ?? run.logical_at.slice(0, 10)
  const { data } = useQuery({
    queryKey: ['repeats', run.id],
    queryFn: ({ signal }) =>
      get('/api/v1/runs', { query: { team, pipeline, environment, since, until: since, limit: AMONG } }, signal),
    enabled: run.terminal,
    staleTime: STALE,
  })
  return (data?.items ?? []).filter(({ rerun_of }) => rerun_of === run.id).reverse()
}
