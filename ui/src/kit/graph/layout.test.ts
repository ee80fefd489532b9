import { describe, expect, it } from 'vitest'
import { partsOf } from './components'
import { type Layout, layOut } from './layout'
import { pack } from './pack'
import { keyOf, type Link, type Shape, shapeOf } from './shape'
import { ofTree } from './tree'
import { twinsOf } from './twins'
import { CARD } from './types'

const shape = (count: number, links: [number, number][], rest: Partial<Shape> = {}): Shape => ({
  ids: Array.from({ length: count }, (_, at) => `n${at}`),
  links: links.map(([from, to]): Link => [from, to, 0]),
  direction: 'right',
  aspect: 1.8,
  ...rest,
})

function overlaps({ nodes }: Layout): string[] {
  return nodes.flatMap((a, at) =>
    nodes.slice(at + 1).flatMap((b) => {
      const apart = Math.abs(a.x - b.x) >= CARD.width || Math.abs(a.y - b.y) >= CARD.height
      return apart ? [] : [`${JSON.stringify(a)} ${JSON.stringify(b)}`]
    }),
  )
}

const chain = (from: number, length: number) =>
  Array.from({ length: length - 1 }, (_, at): [number, number] => [from + at, from + at + 1])

/** Three hubs with dependents of which some lead on and some have a second origin, chains, a circle and loners. */
function everything(): Shape {
  const hub = (at: number): [number, number][] =>
    Array.from({ length: 20 }, (_, n) => n + 2).flatMap((n): [number, number][] => [
      [at, at + n],
      ...(n % 5 === 0 ? ([[at + 1, at + n]] as [number, number][]) : []),
    ])
  const circle: [number, number][] = [...chain(80, 4), [83, 80]]
  return shape(100, [...hub(0), ...hub(22), ...hub(44), ...chain(66, 5), ...chain(71, 9), ...circle])
}

describe('a layout', () => {
  it('goes on in its direction and puts no card onto another', () => {
    for (const direction of ['right', 'down'] as const) {
      const layout = layOut({ ...everything(), direction })
      expect(overlaps(layout)).toEqual([])
      const along = direction === 'right' ? 'x' : 'y'
      for (const [from, to] of everything().links.filter(([from]) => from < 66)) {
        expect(layout.nodes[from]?.[along]).toBeLessThan(layout.nodes[to]?.[along] ?? 0)
      }
      expect(Math.max(...layout.nodes.map(({ x }) => x + CARD.width))).toBeLessThanOrEqual(layout.width + 0.5)
      expect(Math.max(...layout.nodes.map(({ y }) => y + CARD.height))).toBeLessThanOrEqual(layout.height + 0.5)
    }
  })

  it('has a course for each link, and none for a link to itself or to nobody', () => {
    const nodes = ['a', 'b'].map((id) => ({ id, label: id }))
    const edges = ['b', 'a', 'nobody'].map((to) => ({ from: 'a', to }))
    const drawn = shapeOf(nodes, edges, 'right', 1)
    expect(drawn.links).toEqual([[0, 1, 0]])
    expect(layOut(drawn).links).toHaveLength(1)
    expect(layOut(everything()).links).toHaveLength(everything().links.length)
  })

  it('is the same whatever state the nodes are in', () => {
    const of = (status: string) => keyOf(shapeOf([{ id: 'a', label: status, status }], [], 'right', 1))
    expect(of('RUNNING')).toBe(of('FAILED'))
  })

  it('of nothing is nothing', () => {
    expect(layOut(shape(0, []))).toMatchObject({ nodes: [], links: [], height: 0 })
  })
})

describe('parts', () => {
  it('are what is connected, whichever way', () => {
    const parts = partsOf(
      5,
      shape(5, [
        [3, 1],
        [1, 0],
      ]).links,
    )
    expect(parts.map(({ nodes }) => nodes)).toEqual([[0, 1, 3], [2], [4]])
    expect(parts[0]?.links).toEqual([
      [2, 1, 0],
      [1, 0, 0],
    ])
    expect(parts[0]?.ofWhole).toEqual([0, 1])
  })
})

describe('a tree', () => {
  const part = (links: [number, number][]) => partsOf(links.length + 1, shape(links.length + 1, links).links)[0]

  it('has what things come from in the middle of them, in either direction', () => {
    const links: [number, number][] = [
      [0, 1],
      [0, 2],
      [0, 3],
    ]
    const grows = ofTree(part(links) ?? fail(), 'right')
    expect(grows?.nodes.map(({ y }) => y)).toEqual([68, 0, 68, 136])
    const gathers = ofTree(part(links.map(([a, b]) => [b, a])) ?? fail(), 'down')
    expect(gathers?.nodes[0]?.y).toBeGreaterThan(gathers?.nodes[1]?.y ?? 0)
  })

  it('is not what has two origins, nor a circle', () => {
    expect(
      ofTree(
        part(
          [
            [0, 1],
            [0, 2],
            [1, 3],
            [2, 3],
          ].slice(0, 4) as [number, number][],
        ) ?? fail(),
        'right',
      ),
    ).toBe(undefined)
    expect(
      ofTree(
        {
          nodes: [0, 1],
          links: [
            [0, 1, 0],
            [1, 0, 0],
          ],
          ofWhole: [0, 1],
        },
        'right',
      ),
    ).toBe(undefined)
  })
})

describe('twins', () => {
  it('are ends that come from exactly the same', () => {
    const links = shape(6, [
      [0, 1],
      [0, 2],
      [0, 3],
      [5, 3],
      [0, 4],
      [4, 5],
    ]).links
    expect(twinsOf(6, links)).toEqual([[0], [1, 2], [], [3], [4], [5]])
  })
})

describe('a pack', () => {
  it('leaves boxes apart and uses the room beside a high one', () => {
    const boxes = [
      { width: 10, height: 10 },
      { width: 10, height: 100 },
      { width: 10, height: 10 },
      { width: 10, height: 10 },
    ]
    const { places, height } = pack(boxes, 1, 5)
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(4)
    expect(height).toBe(100)
  })
})

function fail(): never {
  throw new Error('there is a part')
}
