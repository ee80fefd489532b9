import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'

/** So many of the newest runs of the pipeline about this day are looked through. */
const AMONG = 200

/** The runs that repeat this one, oldest first. */
export function useRepeats(run: Run) {
  const { team, pipeline, environment } = run
  const day = run.logical_day ?? run.logical_at.slice(0, 10)
  const query = { team, pipeline, environment, since: day, until: day, limit: AMONG }
  const { data } = useGet('/api/v1/runs', { params: { query }, enabled: run.terminal })
  return (data?.items ?? []).filter(({ rerun_of }) => rerun_of === run.id).reverse()
}
