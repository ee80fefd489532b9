/** Where everything stands. Runs in a worker for large graphs; knows nothing of the page. */
import { layout as dagre, Graph } from '@dagrejs/dagre'
import { type Part, partsOf } from './components'
import { layered } from './layered'
import { pack } from './pack'
import type { Shape } from './shape'
import { ofTree } from './tree'
import { twinsOf } from './twins'
import { CARD, type Direction, GAPS } from './types'

export type Point = { x: number; y: number }
/** Corners of the nodes and the courses of the links, in the order of the shape. */
export type Layout = { width: number; height: number; nodes: Point[]; links: Point[][] }

const GAP = 36
/** Above it the finest ranking takes longer than one waits. */
const MANY = 120
/** Above it dagre does: the time grows faster than the graph. Bends and crossings count for little there. */
const LARGE = 240

export function layOut(shape: Shape): Layout {
  const parts = partsOf(shape.ids.length, shape.links)
  return together(
    shape,
    parts,
    parts.map((part) => known(part, shape.direction)),
  )
}

/** Parts that look alike are laid out once, also when a filter leaves only some of them. */
const alike = new Map<string, Layout>()
const KEPT = 2000

function known(part: Part, direction: Direction): Layout {
  const key = `${direction} ${part.nodes.length}: ${part.links.join(' ')}`
  const layout = alike.get(key) ?? ofPart(part, direction)
  if (alike.size >= KEPT) alike.clear()
  alike.set(key, layout)
  return layout
}

function together(shape: Shape, parts: Part[], layouts: Layout[]): Layout {
  const { places, width, height } = pack(layouts, shape.aspect, GAP)
  const whole: Layout = { width, height, nodes: [], links: [] }
  parts.forEach((part, index) => {
    const { x: left, y: top } = places[index] ?? { x: 0, y: 0 }
    const layout = layouts[index]
    const moved = (point: Point) => ({ x: point.x + left, y: point.y + top })
    part.nodes.forEach((node, at) => {
      whole.nodes[node] = moved(layout?.nodes[at] ?? { x: 0, y: 0 })
    })
    part.ofWhole.forEach((link, at) => {
      whole.links[link] = (layout?.links[at] ?? []).map(moved)
    })
  })
  return whole
}

function ofPart(part: Part, direction: Direction): Layout {
  return ofTree(part, direction) ?? (part.nodes.length > LARGE ? layered : ofGraph)(part, direction)
}

function ofGraph(part: Part, direction: Direction): Layout {
  const twins = twinsOf(part.nodes.length, part.links)
  const graph = graphOf(part, twins, direction)
  dagre(graph)
  const nodes: Point[] = []
  const one: number[] = []
  for (const group of twins) {
    group.forEach((node, nth) => {
      nodes[node] = cornerOf(graph.node(String(group[0])), nth, group.length, direction)
      one[node] = group[0] ?? node
    })
  }
  const links = part.links.map(([from, to]) => courseOf(graph, from, one[to] ?? to))
  const { width = 0, height = 0 } = graph.graph()
  return { width, height, nodes, links }
}

function graphOf(part: Part, twins: number[][], direction: Direction) {
  const graph = new Graph()
  const ranker = part.nodes.length > MANY ? 'tight-tree' : 'network-simplex'
  const gaps = { nodesep: GAPS.beside, ranksep: GAPS.along, edgesep: 10 }
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', ranker, ...gaps })
  for (const group of twins) {
    if (group.length > 0) graph.setNode(String(group[0]), sizeOf(group.length, direction))
  }
  for (const [from, to, room] of part.links) {
    if (twins[to]?.length)
      graph.setEdge(String(from), String(to), { width: room, height: room ? 16 : 0, labelpos: 'c' })
  }
  return graph
}

/** Of some cards below each other, or beside each other where the graph goes down. */
function sizeOf(cards: number, direction: Direction) {
  const more = (size: number) => size + (cards - 1) * (size + GAPS.beside)
  return direction === 'right' ? { ...CARD, height: more(CARD.height) } : { ...CARD, width: more(CARD.width) }
}

function cornerOf(node: { x?: number; y?: number }, nth: number, cards: number, direction: Direction): Point {
  const size = sizeOf(cards, direction)
  const corner = { x: (node.x ?? 0) - size.width / 2, y: (node.y ?? 0) - size.height / 2 }
  if (direction === 'right') corner.y += nth * (CARD.height + GAPS.beside)
  else corner.x += nth * (CARD.width + GAPS.beside)
  return corner
}

/** Without the ends, which the drawing attaches to the cards itself. */
function courseOf(graph: Graph, from: number, to: number): Point[] {
  const points: Point[] = graph.edge(String(from), String(to))?.points ?? []
  return points.slice(1, -1).map(({ x, y }) => ({ x, y }))
}
