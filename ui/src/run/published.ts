/** Which steps of a run published what. */
import type { PublishView, StepRun } from '~/api/schema'
import { hasFailed } from '~/kit/status'

/** The tables that readers see since, by the steps that published them. */
export function publishedBy(publishes: PublishView[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { state, run, tables, rolled_back_by } of publishes) {
    if (state !== 'DONE' || rolled_back_by || !run) continue
    const before = found.get(run.step) ?? []
    found.set(run.step, [...new Set([...before, ...tables.map(({ name }) => name)])].sort())
  }
  return found
}

/** The steps that failed, and of which readers see nothing. */
export const unpublished = (steps: Pick<StepRun, 'name' | 'status'>[], done: Map<string, string[]>): string[] =>
  steps.filter(({ name, status }) => hasFailed(status) && !done.has(name)).map(({ name }) => name)
