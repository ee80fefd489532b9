import { describe, expect, it } from 'vitest'
import type { NumberedLine } from '~/api/schema'
import { CHUNK, Lines } from './lines'

const line = (number: number, text = `line ${number}`): NumberedLine => ({
  step: 'load',
  epoch: 1,
  line: number,
  stream: 'stdout',
  at: '2026-02-03T00:00:00Z',
  text,
})
const some = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(from + index))

describe('the lines of a log', () => {
  it('are asked for where they are missing, one chunk at a time', () => {
    const lines = new Lines()
    expect(lines.gap({ from: 990, to: 1010 }, 5_000)).toEqual({ from: 500, to: 1_000 })
    lines.put(some(500, 1_000))
    expect(lines.gap({ from: 990, to: 1010 }, 5_000)).toEqual({ from: 1_000, to: 1_500 })
    lines.put(some(1_000, 1_500))
    expect(lines.gap({ from: 990, to: 1010 }, 5_000)).toBeUndefined()
    expect(lines.get(1_234)?.text).toBe('line 1234')
  })

  it('are not asked for beyond the end', () => {
    const lines = new Lines()
    expect(lines.gap({ from: 0, to: 40 }, 7)).toEqual({ from: 0, to: 7 })
    lines.put(some(0, 7))
    expect(lines.gap({ from: 0, to: 40 }, 7)).toBeUndefined()
    expect(lines.gap({ from: 0, to: 40 }, 9)).toEqual({ from: 7, to: 9 })
  })

  it('have gaps where a stream has leapt ahead or an answer was cut', () => {
    const lines = new Lines()
    lines.put([...some(0, 20), ...some(60, 80)])
    expect(lines.gap({ from: 0, to: 80 }, 80)).toEqual({ from: 20, to: 60 })
    lines.put(some(15, 60))
    expect(lines.gap({ from: 0, to: 80 }, 80)).toBeUndefined()
  })

  it('that were looked at longest ago are let go of', () => {
    const lines = new Lines()
    lines.put(some(0, 10))
    for (let chunk = 1; chunk <= 100; chunk += 1) {
      lines.touch({ from: 0, to: 10 })
      lines.put(some(chunk * CHUNK, chunk * CHUNK + 2))
    }
    expect(lines.get(0)).toBeDefined()
    expect(lines.get(CHUNK)).toBeUndefined()
    expect(lines.get(100 * CHUNK)).toBeDefined()
  })

  it('are let go of sooner when they are long', () => {
    const lines = new Lines()
    const long = 'x'.repeat(4_000_000)
    for (let chunk = 0; chunk < 12; chunk += 1) lines.put([line(chunk * CHUNK, long)])
    expect(lines.get(0)).toBeUndefined()
    expect(lines.get(11 * CHUNK)).toBeDefined()
  })
})
