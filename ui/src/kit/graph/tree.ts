/**
 * Trees are most of what there is where thousands of pipelines depend on each other, and need no search for a good order: leaves
 * stand below each other, and everything else in the middle of what hangs on it.
 */
import type { Part } from './components'
import type { Layout, Point } from './layout'
import { CARD, type Direction, GAPS } from './types'

/** The layout of a part in which everything has at most one origin (or at most one dependent), and no link a label. */
export function ofTree({ nodes, links }: Part, direction: Direction): Layout | undefined {
  if (links.length !== nodes.length - 1 || links.some(([, , room]) => room > 0)) return undefined
  const grows = hasAtMostOne(links.map(([, to]) => to))
  if (!grows && !hasAtMostOne(links.map(([from]) => from))) return undefined
  const below: number[][] = nodes.map(() => [])
  const roots = new Set(nodes.keys())
  for (const [from, to] of links) {
    const [parent, child] = grows ? [from, to] : [to, from]
    below[parent]?.push(child)
    roots.delete(child)
  }
  const [root] = roots
  return root === undefined ? undefined : placed(walk(root, below), below, grows, direction)
}

const hasAtMostOne = (ends: number[]) => new Set(ends).size === ends.length

/** Parents before children, children in their order; with their depths. */
function walk(root: number, below: number[][]): [node: number, depth: number][] {
  const order: [number, number][] = []
  const stack: [number, number][] = [[root, 0]]
  for (let next = stack.pop(); next; next = stack.pop()) {
    order.push(next)
    for (const child of below[next[0]]?.toReversed() ?? []) stack.push([child, next[1] + 1])
  }
  return order
}

function placed(order: [number, number][], below: number[][], grows: boolean, direction: Direction): Layout {
  const right = direction === 'right'
  const [long, high] = right ? [CARD.width, CARD.height] : [CARD.height, CARD.width]
  const deepest = order.reduce((depth, [, own]) => Math.max(depth, own), 0)
  const across = middles(order, below, high + GAPS.beside)
  const nodes: Point[] = []
  for (const [node, depth] of order) {
    const along = (grows ? depth : deepest - depth) * (long + GAPS.along)
    nodes[node] = right ? { x: along, y: across[node] ?? 0 } : { x: across[node] ?? 0, y: along }
  }
  const size = { long: deepest * (long + GAPS.along) + long, high: Math.max(...across) + high }
  const [width, height] = right ? [size.long, size.high] : [size.high, size.long]
  return { width, height, nodes, links: order.slice(1).map(() => []) }
}

function middles(order: [number, number][], below: number[][], step: number): number[] {
  const across: number[] = []
  let leaves = 0
  for (const [node] of order) if (below[node]?.length === 0) across[node] = leaves++ * step
  for (const [node] of order.toReversed()) {
    const children = below[node] ?? []
    const [first, last] = [children[0], children.at(-1)]
    if (first !== undefined && last !== undefined) across[node] = ((across[first] ?? 0) + (across[last] ?? 0)) / 2
  }
  return across
}
