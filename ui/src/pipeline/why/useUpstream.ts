import { useGet } from '~/api/queries'
import type { RunSummary } from '~/api/schema'

/** So many of its newest runs are looked through for the one of a day. */
const LOOK_BACK = 100

/** The upstream's run for the day, else its newest. */
export function useUpstream(
  of: { team: string; pipeline: string },
  day: string | null | undefined,
  environment: string,
) {
  const { team, pipeline } = of
  const query = { team, pipeline, environment }
  const ofDay = useGet('/api/v1/runs', {
    params: { query: { ...query, since: day ?? undefined, until: day ?? undefined, limit: LOOK_BACK } },
    enabled: Boolean(day),
  })
  const newest = useGet('/api/v1/runs', { params: { query: { ...query, limit: 1 } } })
  const found = day ? exactly(ofDay.data?.items, pipeline).find((run) => run.logical_day === day) : undefined
  return {
    run: found ?? exactly(newest.data?.items, pipeline)[0],
    ofDay: found !== undefined,
    known: newest.data !== undefined && (!day || ofDay.data !== undefined),
  }
}

const exactly = (runs: RunSummary[] | undefined, pipeline: string) =>
  runs?.filter((run) => run.pipeline === pipeline) ?? []
