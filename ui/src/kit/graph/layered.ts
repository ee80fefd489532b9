/**
 * Large parts of a graph, in layers. Dagre finds the better picture, but takes a second for a thousand nodes; this takes a few
 * hundredths of one: layers by the longest way, the order in them by the middles of neighbours (Sugiyama's method, without bends for
 * long links), and places as near to the neighbours as the order allows.
 */
import type { Part } from './components'
import type { Layout, Point } from './layout'
import { nearest } from './nearest'
import { CARD, type Direction, GAPS } from './types'

const SWEEPS = 8

type Neighbours = { before: number[][]; after: number[][] }

export function layered({ nodes, links }: Part, direction: Direction): Layout {
  const neighbours = neighboursOf(nodes.length, links)
  const ranks = close(ranksOf(neighbours), neighbours)
  const layers = layersOf(ranks)
  sortLayers(layers, neighbours)
  const right = direction === 'right'
  const [long, high] = right ? [CARD.width, CARD.height] : [CARD.height, CARD.width]
  const across = acrossOf(layers, neighbours, high + GAPS.beside)
  const room = Math.max(0, ...links.map(([, , room]) => room))
  const along = layers.map((_, rank) => rank * (long + GAPS.along + (right ? room : 0)))
  const points = ranks.map((rank, node): Point => {
    const [x, y] = [along[rank] ?? 0, across[node] ?? 0]
    return right ? { x, y } : { x: y, y: x }
  })
  const [width, height] = [(along.at(-1) ?? 0) + long, Math.max(...across) + high]
  const size = right ? { width, height } : { width: height, height: width }
  return { ...size, nodes: points, links: links.map(() => []) }
}

function neighboursOf(count: number, links: Part['links']): Neighbours {
  const before: number[][] = Array.from({ length: count }, () => [])
  const after: number[][] = Array.from({ length: count }, () => [])
  for (const [from, to] of links) {
    after[from]?.push(to)
    before[to]?.push(from)
  }
  return { before, after }
}

/** How many steps lead to each node at most. In a circle one link is passed over. */
function ranksOf({ before, after }: Neighbours): number[] {
  const ranks = before.map(() => 0)
  const open = before.map((all) => all.length)
  const ready = [...open.keys()].filter((node) => open[node] === 0)
  const left = new Set(open.keys())
  while (left.size > 0) {
    const node = ready.pop() ?? first(left)
    if (!left.delete(node)) continue
    for (const next of after[node] ?? []) {
      if (!left.has(next)) continue
      ranks[next] = Math.max(ranks[next] ?? 0, (ranks[node] ?? 0) + 1)
      open[next] = (open[next] ?? 0) - 1
      if (open[next] === 0) ready.push(next)
    }
  }
  return ranks
}

/** What nothing leads to stands right before the first that it leads to. */
function close(ranks: number[], { before, after }: Neighbours): number[] {
  return ranks.map((rank, node) => {
    const nexts = (after[node] ?? []).map((next) => ranks[next] ?? 0)
    return before[node]?.length === 0 && nexts.length > 0 ? Math.max(0, Math.min(...nexts) - 1) : rank
  })
}

function first(left: Set<number>): number {
  for (const node of left) return node
  return 0
}

function layersOf(ranks: number[]): number[][] {
  const layers: number[][] = []
  ranks.forEach((rank, node) => {
    layers[rank] ??= []
    layers[rank].push(node)
  })
  return layers
}

/** Each layer by where the neighbours of its nodes stand, from one side and from the other in turns. */
function sortLayers(layers: number[][], { before, after }: Neighbours) {
  const place: number[] = []
  const note = (layer: number[]) => {
    layer.forEach((node, at) => {
      place[node] = (at + 0.5) / layer.length
    })
  }
  layers.forEach(note)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0
    for (const layer of forth ? layers : layers.toReversed()) {
      const middle = layer.map((node) => mean((forth ? before : after)[node], place) ?? place[node] ?? 0)
      const order = [...layer.keys()].sort((a, b) => (middle[a] ?? 0) - (middle[b] ?? 0))
      const sorted = order.map((at) => layer[at] ?? 0)
      layer.splice(0, layer.length, ...sorted)
      note(layer)
    }
  }
}

function acrossOf(layers: number[][], { before, after }: Neighbours, step: number): number[] {
  const across: number[] = []
  const widest = Math.max(...layers.map((layer) => layer.length))
  for (const layer of layers) {
    layer.forEach((node, at) => {
      across[node] = (at + (widest - layer.length) / 2) * step
    })
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0
    for (const layer of forth ? layers : layers.toReversed()) {
      const wanted = layer.map((node) => mean((forth ? before : after)[node], across) ?? across[node] ?? 0)
      nearest(wanted, step).forEach((value, at) => {
        across[layer[at] ?? 0] = value
      })
    }
  }
  const least = Math.min(...across)
  return across.map((value) => value - least)
}

function mean(of: number[] | undefined, values: number[]): number | undefined {
  if (!of?.length) return undefined
  return of.reduce((sum, one) => sum + (values[one] ?? 0), 0) / of.length
}
