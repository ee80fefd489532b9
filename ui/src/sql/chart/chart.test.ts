import { describe, expect, it, test } from 'vitest'
import type { Answer } from '../answer'
import { instant, linear, short, temporal } from './scales'
import { MOST_BARS, proposed, seriesOf } from './series'

const DAY = 86_400_000

describe('a scale', () => {
  it('has round ticks around its values', () => {
    expect(linear([3, 97], 100, 5, false).ticks).toEqual([0, 20, 40, 60, 80, 100])
    expect(linear([-4, 4], 100, 4, true).ticks).toEqual([-4, -2, 0, 2, 4])
    expect(linear([90, 100], 100, 5, true).ticks[0]).toBe(0)
    expect(linear([90, 100], 100, 5, false).at(100)).toBe(100)
  })

  it('stands even if there is one value, or none', () => {
    expect(linear([7], 100, 4, false).at(7)).toBe(50)
    expect(linear([], 100, 4, false).ticks.length).toBeGreaterThan(1)
    expect(linear([1e300, -1e300], 100, 4, false).ticks.every(Number.isFinite)).toBe(true)
  })

  it('has times that people say', () => {
    const from = Date.UTC(2026, 1, 3, 4)
    const { ticks, at } = temporal([from, from + 5 * DAY], 100, 6)
    expect(ticks.map((tick) => instant(tick, DAY))[0]).toBe('2026-02-04')
    expect(ticks).toHaveLength(5)
    expect(temporal([0, 2 * DAY], 900, 10).ticks).toEqual([0, DAY, 2 * DAY])
    expect([at(from), at(from + 5 * DAY)]).toEqual([0, 100])
    expect(temporal([0, 400 * 365 * DAY], 100, 5).ticks.length).toBeLessThan(9)
  })

  it('writes numbers short, and times as far as they differ', () => {
    expect([short(1_500_000), short(0.25)]).toEqual(['1.5M', '0.25'])
    expect([instant(0, 3_600_000), instant(0, 1_000)]).toEqual(['01-01 00:00', '00:00:00'])
  })
})

const answer = (types: string[], rows: Answer['rows']): Answer => ({
  columns: types.map((type, column) => ({ name: `c${column}`, type })),
  rows,
  truncated: false,
})

test('proposed is a number over times, else over names', () => {
  const of = (...types: string[]) => proposed(answer(types, []).columns)
  expect(of('BIGINT', 'VARCHAR', 'DATE', 'DOUBLE')).toEqual({ x: 2, y: 0 })
  expect(of('VARCHAR', 'BIGINT')).toEqual({ x: 0, y: 1 })
  expect(of('BIGINT', 'BIGINT')).toEqual({ x: 0, y: 1 })
  expect(of('BIGINT')).toEqual({ x: 0, y: 0 })
  expect(of('VARCHAR')).toBeUndefined()
})

describe('what is drawn', () => {
  it('is in the order of time, if it is a line over times', () => {
    const given = answer(
      ['DATE', 'DECIMAL(9, 2)'],
      [
        ['2026-02-02', '10.50'],
        ['2026-02-01', 3],
        [null, 4],
        ['2026-02-03', null],
      ],
    )
    const { points, axis } = seriesOf(given, 0, 1, 'line')
    expect([axis, points.map(({ y }) => y)]).toEqual(['time', [3, 10.5]])
    expect(seriesOf(given, 0, 1, 'bar').points.map(({ label }) => label)).toEqual(['2026-02-02', '2026-02-01', 'null'])
  })

  it('takes times without a zone as they are written', () => {
    const given = answer(['TIMESTAMP', 'BIGINT'], [['2026-02-02T03:04:05', 1]])
    expect(seriesOf(given, 0, 1, 'line').points[0]?.x).toBe(Date.UTC(2026, 1, 2, 3, 4, 5))
  })

  it('is no more than can be seen', () => {
    const many = answer(
      ['VARCHAR', 'BIGINT'],
      Array.from({ length: 1_000 }, (_, row) => [`r${row}`, row]),
    )
    const { points, left } = seriesOf(many, 0, 1, 'bar')
    expect([points.length, left]).toEqual([MOST_BARS, 1_000 - MOST_BARS])
  })
})
