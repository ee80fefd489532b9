import type { RunSummary } from '~/api/schema'

/** Every failed run of a pipeline, whichever of them were mended since. */
export function failuresPath({ team, pipeline }: Pick<RunSummary, 'team' | 'pipeline'>): string {
  return `/runs?${new URLSearchParams({ team, pipeline, status: 'FAILED,TIMED_OUT' })}`
}
