import { describe, expect, it } from 'vitest'
import { line } from './paths'
import { CARD } from './types'
import { heightFor, neighbour, PADDING, reveal, whole } from './view'

const layoutOf = (count: number, width: number, height: number) => ({
  width,
  height,
  nodes: Array.from({ length: count }, () => ({ x: 0, y: 0 })),
  links: [],
})

describe('the whole', () => {
  it('is in the middle, and no larger than life', () => {
    expect(whole(layoutOf(3, 400, 100), { width: 1000, height: 300 })).toEqual({ x: 300, y: 100, zoom: 1 })
  })

  it('of a small graph stays legible and begins at its start', () => {
    const { x, zoom } = whole(layoutOf(10, 3000, 100), { width: 400, height: 300 })
    expect(zoom).toBe(0.75)
    expect(x).toBe(PADDING)
  })

  it('of a large graph is all there', () => {
    const { zoom } = whole(layoutOf(1000, 8000, 5000), { width: 1064, height: 800 })
    expect(8000 * zoom).toBeLessThanOrEqual(1000)
  })

  it('has as much height as it needs, to a limit', () => {
    expect(heightFor(layoutOf(3, 400, 200), 1000)).toBe(200 + 2 * PADDING)
    expect(heightFor(layoutOf(3, 400, 4000), 1000)).toBe(560)
  })
})

describe('arrow keys', () => {
  const nodes = [
    { x: 0, y: 0 },
    { x: 250, y: 0 },
    { x: 250, y: 70 },
    { x: 500, y: 0 },
    { x: 0, y: 70 },
  ]

  it('go to the next card that way, if there is one', () => {
    expect(neighbour(0, 'ArrowRight', nodes)).toBe(1)
    expect(neighbour(4, 'ArrowRight', nodes)).toBe(2)
    expect(neighbour(1, 'ArrowDown', nodes)).toBe(2)
    expect(neighbour(3, 'ArrowLeft', nodes)).toBe(1)
    expect(neighbour(3, 'ArrowRight', nodes)).toBe(undefined)
  })

  it('bring it into view, and move nothing that is there', () => {
    const box = { width: 500, height: 300 }
    const view = { x: 0, y: 0, zoom: 1 }
    expect(reveal({ x: 100, y: 100 }, view, box)).toEqual(view)
    expect(reveal({ x: 600, y: -50 }, view, box)).toEqual({
      x: 500 - PADDING - CARD.width - 600,
      y: PADDING + 50,
      zoom: 1,
    })
  })
})

describe('a line', () => {
  it('leaves at the right and arrives at the left, or leaves below and arrives above', () => {
    const right = line({ x: 0, y: 0 }, { x: 300, y: 0 }, [], 'right')
    expect(right.d).toMatch(/^M196 26C.* 300 26$/)
    const down = line({ x: 0, y: 0 }, { x: 0, y: 100 }, [], 'down')
    expect(down.d).toMatch(/^M98 52C.* 98 100$/)
  })

  it('that goes back arrives from the other side', () => {
    const back = line({ x: 300, y: 0 }, { x: 0, y: 0 }, [], 'right')
    expect(back.d).toMatch(/ 196 26$/)
    expect(back.head).toBe('M203 22.5L196 26L203 29.5Z')
  })

  it('that is steep has corners instead of a curve', () => {
    expect(line({ x: 0, y: 0 }, { x: 300, y: 2000 }, [], 'right').d).toContain('Q')
  })
})
