import { describe, expect, it, test } from 'vitest'
import type { Attempt, Run, StepRun } from '~/api/schema'
import { begunAt, rowsOf, ticksOf, windowOf } from './geometry'

const time = (seconds: number) => new Date(Date.UTC(2026, 1, 3) + seconds * 1000).toISOString()
const now = Date.UTC(2026, 1, 3) + 100_000

const attempt = (epoch: number, ready: number, started?: number, ended?: number, failed = false) =>
  ({
    epoch,
    ready_at: time(ready),
    started_at: started === undefined ? null : time(started),
    ended_at: ended === undefined ? null : time(ended),
    error: failed ? { code: 'STEP_FAILED', message: 'exit code 1' } : null,
    log_lines: 0,
  }) as Attempt

const run = (attempts: Attempt[], ended?: number) =>
  ({
    created_at: time(-50),
    started_at: time(0),
    ended_at: ended === undefined ? null : time(ended),
    terminal: ended !== undefined,
    steps: [{ name: 'load', attempts } as StepRun],
  }) as Run

describe('the gantt of a run', () => {
  it('begins with the run and ends with it', () => {
    const ended = run([attempt(1, 0, 20, 40, true), attempt(2, 60, 60, 80)], 80)
    const window = windowOf(ended, now)
    expect((window.to - window.from) / 1000).toBe(80)
    expect(rowsOf(ended, window)[0]?.bars.map(({ kind, left, width, failed }) => [kind, left, width, failed])).toEqual([
      ['waiting', 0, 0.25, true],
      ['working', 0.25, 0.25, true],
      ['waiting', 0.75, 0, false],
      ['working', 0.75, 0.25, false],
    ])
  })

  it('grows while it goes on', () => {
    const going = run([attempt(1, 0, 50)])
    const [waiting, working] = rowsOf(going, windowOf(going, now))[0]?.bars ?? []
    expect(waiting).toMatchObject({ left: 0, width: 0.5, open: false })
    expect(working).toMatchObject({ left: 0.5, width: 0.5, open: true })
    const waits = run([attempt(1, 50)])
    expect(rowsOf(waits, windowOf(waits, now))[0]?.bars).toMatchObject([
      { kind: 'waiting', left: 0.5, width: 0.5, open: true },
    ])
  })

  it('has no bar that leaves it, whatever the clocks of agents say', () => {
    const odd = run([attempt(1, -5, 200, 300)], 80)
    for (const bar of rowsOf(odd, windowOf(odd, now))[0]?.bars ?? []) {
      expect(bar.left).toBeGreaterThanOrEqual(0)
      expect(bar.left + bar.width).toBeLessThanOrEqual(1)
    }
  })

  it('is never without length', () => {
    const none = { ...run([], 0), steps: [] }
    expect(windowOf(none, now).to - windowOf(none, now).from).toBe(100)
  })

  it('is divided at round times', () => {
    const seconds = (to: number, most: number) => ticksOf({ from: 0, to: to * 1000 }, most).map((tick) => tick.seconds)
    expect(seconds(80, 5)).toEqual([0, 30, 60])
    expect(seconds(7, 5)).toEqual([0, 2, 4, 6])
    expect(seconds(1, 5)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
    expect(seconds(400 * 86_400, 5).length).toBeLessThanOrEqual(6)
  })
})

test('how long a step took begins with its work, not with its waiting', () => {
  const attempt = (epoch: number, started_at: string | null) => ({
    epoch,
    ready_at: '2026-02-03T00:00:00Z',
    started_at,
  })
  const step = (...attempts: unknown[]) => ({ attempts }) as unknown as StepRun
  expect(begunAt(step(attempt(1, '2026-02-03T00:00:09Z'), attempt(2, '2026-02-03T00:01:00Z')))).toBe(
    '2026-02-03T00:00:09Z',
  )
  expect(begunAt(step(attempt(1, null)))).toBeUndefined()
  expect(begunAt(step())).toBeUndefined()
})
