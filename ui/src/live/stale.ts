/** Which of the things on a page a change has made old. Pure, so that it can be tested with values alone. */
import type { ChangeEvent } from '~/api/schema'

type Key = readonly unknown[]
type Given = { path?: Record<string, unknown>; query?: Record<string, unknown> } | undefined

/** Routes that show many runs or pipelines at once. */
const LISTS = new Set(['/api/v1/overview', '/api/v1/pipelines', '/api/v1/graph', '/api/v1/runs', '/api/v1/jobs'])
/** Routes of a run that change with its steps. */
const OF_STEPS = new Set(['/api/v1/runs/{id}', '/api/v1/runs/{id}/steps/{step}/checks'])
const AFTER_DEPLOYMENT = new Set([
  ...LISTS,
  '/api/v1/revisions',
  '/api/v1/projects',
  '/api/v1/environments',
  '/api/v1/secrets',
  '/api/v1/secrets/missing',
])

/** Whether what is kept under this key may look different after the change. */
export function isStale(key: Key, change: ChangeEvent): boolean {
  const path = String(key[0])
  const given = key[1] as Given
  if (!path.startsWith('/api/v1/')) return false
  if (path.startsWith('/api/v1/lake/')) return isOfLake(path, given, change)
  if (path.startsWith('/api/v1/pipelines/')) return isOfPipeline(given, change)
  switch (change.kind) {
    case 'publish':
      return false
    case 'run':
      return LISTS.has(path) || (path === '/api/v1/runs/{id}' && given?.path?.id === change.id)
    case 'step':
      return path === '/api/v1/overview' || (OF_STEPS.has(path) && given?.path?.id === change.run)
    default:
      return AFTER_DEPLOYMENT.has(path) || path.startsWith('/api/v1/revisions')
  }
}

/** What one pipeline waits for changes with the runs of others too: only steps are its own affair. */
function isOfPipeline(given: Given, change: ChangeEvent): boolean {
  const same = given?.path?.team === change.team && given?.path?.name === change.pipeline
  return same || change.kind !== 'step'
}

/** What is published shows in its environment; a branch has the state of its attempt, and shows there too. */
function isOfLake(path: string, given: Given, change: ChangeEvent): boolean {
  if ((given?.query?.environment ?? change.environment) !== change.environment) return false
  return change.kind === 'publish' || (path === '/api/v1/lake/branches' && isOfRun(given?.query?.run, change))
}

/** Whether it is news of this run; of any, if none is asked for. */
function isOfRun(asked: unknown, { kind, id, run }: ChangeEvent): boolean {
  const changed = kind === 'step' ? run : id
  return (kind === 'run' || kind === 'step') && (asked ?? changed) === changed
}
