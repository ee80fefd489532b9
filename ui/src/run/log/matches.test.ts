import { describe, expect, it } from 'vitest'
import { neighbour } from './matches'

describe('the next match', () => {
  const matches = [{ line: 3 }, { line: 10 }, { line: 11 }]

  it('is the nearest one that way, whether one stands on a match or not', () => {
    expect(neighbour(matches, 3, 1)).toBe(10)
    expect(neighbour(matches, 5, 1)).toBe(10)
    expect(neighbour(matches, 10, -1)).toBe(3)
    expect(neighbour(matches, 100, -1)).toBe(11)
  })

  it('is at the other end after the last', () => {
    expect(neighbour(matches, 11, 1)).toBe(3)
    expect(neighbour(matches, 3, -1)).toBe(11)
    expect(neighbour([], 3, 1)).toBeUndefined()
  })
})
