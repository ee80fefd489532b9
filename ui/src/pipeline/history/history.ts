/** The pages of a history as one: what rows and columns show. Pure, so that it can be tested with values alone. */
import type { HistoryRun, HistoryStep, PipelineHistory, RunSummary } from '~/api/schema'
import { logicalDate, secondsBetween } from '~/kit/time'
import { duration } from '~/kit/units'

export class History {
  private constructor(
    /** The rows. */
    readonly steps: string[],
    /** The columns, oldest first. */
    readonly runs: HistoryRun[],
    readonly usualSeconds: number | undefined,
  ) {}

  /** Older pages may know of steps that are gone. */
  static of(pages: PipelineHistory[]): History {
    const steps = [...new Set(pages.flatMap((page) => page.steps))]
    const seen = new Map(pages.flatMap((page) => page.items).map((item) => [item.run.id, item]))
    return new History(steps, [...seen.values()].sort(newestFirst).reverse(), pages[0]?.usual_seconds ?? undefined)
  }

  get usual(): string {
    return this.usualSeconds === undefined ? '' : `A run usually takes ${duration(this.usualSeconds)}.`
  }

  /** What the highest bar stands for; runs that go on count up to `now`. */
  longest(now: number): number {
    const all = this.runs.map(({ run }) => secondsOf(run, now) ?? 0)
    return Math.max(...all, this.usualSeconds ?? 0, 0.001)
  }
}

/** Of runs that were made at the same time, as far as one can see, the one for the newest date; else they stay as they are. */
function newestFirst(a: HistoryRun, b: HistoryRun): number {
  const [second, otherSecond] = [a.run.created_at.slice(0, 19), b.run.created_at.slice(0, 19)]
  return descending(second, otherSecond) || descending(a.run.logical_at, b.run.logical_at)
}

const descending = (a: string, b: string) => (a === b ? 0 : a < b ? 1 : -1)

/** How long a run has taken so far; nothing of one that never began. */
export function secondsOf(run: RunSummary, now: number): number | undefined {
  return run.started_at ? Math.max(0, secondsBetween(run.started_at, run.ended_at, now)) : undefined
}

export const stepOf = (item: HistoryRun, name: string): HistoryStep | undefined =>
  item.steps.find((step) => step.name === name)

/** What stands over a column: the day, or the time without its year. */
export function headOf(run: RunSummary): string {
  return run.logical_day ?? logicalDate(run).slice(5)
}
