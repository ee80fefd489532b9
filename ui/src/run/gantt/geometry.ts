/** When the attempts of a run's steps waited and worked, as shares of the time that is shown. */
import type { Attempt, Run, StepRun } from '~/api/schema'

/** In milliseconds since the epoch. */
export type Window = { from: number; to: number }
export type Bar = {
  epoch: number
  kind: 'waiting' | 'working'
  left: number
  width: number
  failed: boolean
  open: boolean
}
export type Row = { step: StepRun; bars: Bar[] }
export type Tick = { left: number; seconds: number }

/** So that there is something to divide. */
const SHORTEST = 100

/** When its first attempt began to work: what it waited for an agent before is no part of how long it took. */
export function begunAt(step: StepRun): string | undefined {
  return step.attempts.flatMap((attempt) => attempt.started_at ?? []).sort()[0]
}

const at = (time: string) => new Date(time).getTime()

/** From when the first step could begin until the run's end, or until now. */
export function windowOf(run: Run, now: number): Window {
  const begun = run.steps.flatMap((step) => step.attempts.map((attempt) => at(attempt.ready_at)))
  const from = Math.min(at(run.started_at ?? run.created_at), ...begun)
  const to = run.ended_at ? at(run.ended_at) : now
  return { from, to: Math.max(to, from + SHORTEST) }
}

export function rowsOf(run: Run, window: Window): Row[] {
  return run.steps.map((step) => ({
    step,
    bars: step.attempts.flatMap((attempt) => barsOf(attempt, window, run.terminal)),
  }))
}

function barsOf(attempt: Attempt, window: Window, over: boolean): Bar[] {
  const [ready, started, ended] = [
    at(attempt.ready_at),
    attempt.started_at && at(attempt.started_at),
    attempt.ended_at && at(attempt.ended_at),
  ]
  const open = !ended && !over
  const end = ended || window.to
  const failed = attempt.error !== null && attempt.error !== undefined
  const shared = { epoch: attempt.epoch, failed }
  const waiting = {
    ...shared,
    kind: 'waiting' as const,
    ...place(ready, started || end, window),
    open: open && !started,
  }
  const working = started ? [{ ...shared, kind: 'working' as const, ...place(started, end, window), open }] : []
  return [waiting, ...working]
}

function place(from: number, to: number, window: Window) {
  const whole = window.to - window.from
  const left = clamp((from - window.from) / whole)
  return { left, width: Math.max(0, clamp((to - window.from) / whole) - left) }
}

const clamp = (share: number) => Math.min(1, Math.max(0, share))

const SECONDS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200,
  86_400,
]

/** Round numbers of seconds since the beginning, no more than so many. */
export function ticksOf({ from, to }: Window, most: number): Tick[] {
  const whole = (to - from) / 1000
  const step = SECONDS.find((seconds) => whole / seconds <= most) ?? Math.ceil(whole / most / 86_400) * 86_400
  const count = Math.floor(whole / step) + 1
  return Array.from({ length: count }, (_, index) => ({ left: (index * step) / whole, seconds: index * step }))
}
