/** What started a pipeline before, and so does not count again. */
import type { EventStatus, FiredDay, RunSummary, UsedEvent } from '~/api/schema'
import { dayIn } from './zones'

/** What a run was started by. */
export function usedBy(run: RunSummary | null | undefined): UsedEvent[] {
  const reason = run?.reason
  return reason?.kind === 'executions' || reason?.kind === 'follow' ? reason.events : []
}

export type Used = {
  /** What started the newest run. */
  events: UsedEvent[]
  /** With `within: day`, the days that it has started for: once each. */
  days: string[]
  timezone: string
}

/** Whether a run of an upstream has started something already, and so does not start anything again. */
export function isUsed(run: RunSummary, statuses: EventStatus[], { events, days, timezone }: Used): boolean {
  if (events.some((event) => event.run === run.id)) return true
  const counts = statuses.some((status) => status === run.status)
  return counts && days.includes(dayIn(run, timezone))
}

/** What it was started for, what started last first; of a day that was run again, the last run. */
export function lastFirst(fired: FiredDay[], last: RunSummary | null | undefined): FiredDay[] {
  const day = usedBy(last).length > 0 ? last?.logical_day : undefined
  const others = fired.filter((one) => one.day !== day).sort((a, b) => order(keyOf(a), keyOf(b)))
  return last && day ? [{ day, run: last.id }, ...others] : others
}

// Ids of runs are in the order in which they were made; of a day without a run nothing tells when it was.
const keyOf = ({ day, run }: FiredDay) => (run ? `1${run}` : `0${day}`)
const order = (a: string, b: string) => (a < b ? 1 : -1)
