import { describe, expect, test } from 'vitest'
import { type Part, partsOf } from './components'
import { layered } from './layered'
import { layOut } from './layout'
import { nearest } from './nearest'
import type { Link } from './shape'
import { CARD, GAPS } from './types'

/** Of so many nodes each but the first of every five hangs on one or two before it: one part. */
function links(count: number): Link[] {
  const all: Link[] = []
  for (let node = 0; node < count; node++) {
    for (const other of [node - 7, node - 31]) if (other >= 0 && node % 5 !== 0) all.push([other, node, 0])
  }
  return all
}

function largest(count: number): Part {
  const parts = partsOf(count, links(count))
  return parts.reduce((one, other) => (other.nodes.length > one.nodes.length ? other : one))
}

describe('nearest', () => {
  test('leaves what has room where it wants to be', () => expect(nearest([0, 10, 30], 5)).toEqual([0, 10, 30]))
  test('moves what would overlap evenly', () => expect(nearest([10, 10, 10], 4)).toEqual([6, 10, 14]))
  test('keeps the order', () => expect(nearest([9, 1], 2)).toEqual([4, 6]))
})

describe.each(['right', 'down'] as const)('a large part, %s', (direction) => {
  const part = largest(600)
  const { nodes, width, height } = layered(part, direction)
  const [along, across] = direction === 'right' ? (['x', 'y'] as const) : (['y', 'x'] as const)

  test('every link leads on', () => {
    const long = direction === 'right' ? CARD.width : CARD.height
    for (const [from, to] of part.links) {
      const step = (nodes[to]?.[along] ?? 0) - (nodes[from]?.[along] ?? 0)
      expect(step).toBeGreaterThanOrEqual(long + GAPS.along)
    }
  })

  test('no card lies on another, and all are inside', () => {
    const high = (direction === 'right' ? CARD.height : CARD.width) + GAPS.beside
    const sorted = [...nodes].sort((a, b) => a[along] - b[along] || a[across] - b[across])
    sorted.forEach((node, at) => {
      const next = sorted[at + 1]
      if (next && next[along] === node[along]) expect(next[across] - node[across]).toBeGreaterThanOrEqual(high - 0.01)
    })
    expect(Math.min(...nodes.map(({ x }) => x), ...nodes.map(({ y }) => y))).toBe(0)
    expect(Math.max(...nodes.map(({ x }) => x))).toBeCloseTo(width - CARD.width)
    expect(Math.max(...nodes.map(({ y }) => y))).toBeCloseTo(height - CARD.height)
  })
})

test('a circle is drawn as well', () => {
  const count = 400
  const circle = Array.from({ length: count }, (_, node): Link => [node, (node + 1) % count, 0])
  const { nodes } = layOut({ ids: circle.map(String), links: circle, direction: 'right', aspect: 2 })
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(count)
})
