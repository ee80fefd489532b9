import type { RunSummary } from '~/api/schema'

/** Every failed run of a pipeline, whichever of them were mended since; only those for a day, if one is given. */
export function failuresPath({ team, pipeline }: Pick<RunSummary, 'team' | 'pipeline'>, day?: string | null): string {
  const all = { team, pipeline, status: 'FAILED,TIMED_OUT' }
  return `/runs?${new URLSearchParams(day ? { ...all, since: day, until: day } : all)}`
}
