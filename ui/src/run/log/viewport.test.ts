import { describe, expect, it } from 'vitest'
import {
  atShare,
  bottom,
  drawn,
  isExact,
  moved,
  type Sizes,
  START,
  seen,
  shareOf,
  showing,
  TALLEST,
  tall,
} from './viewport'

const log = (count: number, heights?: Map<number, number>): Sizes => ({ count, height: 900, row: 18, heights })

describe('where in a log one is', () => {
  it('is a pixel for a pixel while a browser can do it', () => {
    const sizes = log(100_000)
    expect(isExact(sizes)).toBe(true)
    expect(tall(sizes)).toBe(1_800_000)
    const top = atShare(sizes, 180_009 / (1_800_000 - 900))
    expect(top.line).toBe(10_000)
    expect(top.px).toBeCloseTo(9)
  })

  it('is a share of the way in five million lines, and every one of them can be reached', () => {
    const sizes = log(5_000_000)
    expect(tall(sizes)).toBe(TALLEST)
    expect(isExact(sizes)).toBe(false)
    expect(atShare(sizes, 0)).toEqual(START)
    expect(atShare(sizes, 1)).toEqual({ line: 4_999_950, px: 0 })
    expect(atShare(sizes, 0.5).line).toBe(2_499_975)
    expect(seen(sizes, bottom(sizes)).last).toBe(5_000_000)
    let top = atShare(sizes, 0.5)
    for (let line = 2_499_976; line < 2_500_076; line += 1) {
      top = moved(sizes, top, 18)
      expect(top.line).toBe(line)
    }
  })

  it('comes back to the same place from its share', () => {
    for (const count of [51, 1_000, 444_444, 1_000_000, 5_000_000]) {
      const sizes = log(count)
      for (const share of [0, 0.1, 0.33, 0.5, 0.9, 1]) {
        expect(shareOf(sizes, atShare(sizes, share))).toBeCloseTo(share, 9)
      }
    }
  })

  it('stays within the log', () => {
    const sizes = log(100)
    expect(moved(sizes, START, -50)).toEqual(START)
    expect(moved(sizes, START, 1e9)).toEqual(bottom(sizes))
    expect(bottom(sizes)).toEqual({ line: 50, px: 0 })
    expect(bottom(log(3))).toEqual(START)
    expect(atShare(log(3), 1)).toEqual(START)
    expect(moved(log(0), START, 10)).toEqual(START)
  })

  it('counts lines that are wrapped with their heights', () => {
    const sizes = log(
      100,
      new Map([
        [1, 180],
        [99, 500],
      ]),
    )
    expect(moved(sizes, START, 18 + 100)).toEqual({ line: 1, px: 100 })
    expect(moved(sizes, { line: 1, px: 100 }, 80)).toEqual({ line: 2, px: 0 })
    expect(moved(sizes, { line: 2, px: 0 }, -1)).toEqual({ line: 1, px: 179 })
    expect(bottom(sizes)).toEqual({ line: 76, px: 14 })
    expect(seen(sizes, START)).toEqual({ first: 0, last: 41 })
    expect(shareOf(sizes, bottom(sizes))).toBe(1)
  })

  it('draws more than is seen, so that scrolling finds it there', () => {
    expect(drawn(log(100), { line: 10, px: 4 }, 5)).toEqual({ first: 5, last: 66, above: 94 })
    expect(drawn(log(100), START, 5)).toEqual({ first: 0, last: 55, above: 0 })
    expect(drawn(log(3), START, 5)).toEqual({ first: 0, last: 3, above: 0 })
  })

  it('shows a line in the middle, unless it is seen already', () => {
    const sizes = log(5_000_000)
    expect(showing(sizes, START, 10)).toEqual(START)
    const top = showing(sizes, START, 3_000_000)
    expect(top.line).toBe(2_999_975)
    expect(showing(sizes, START, 4_999_999)).toEqual(bottom(sizes))
    expect(showing(sizes, top, 0)).toEqual(START)
  })
})
