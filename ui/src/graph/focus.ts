/** Which part of the graph of everything to show. Pure, and safe in a graph that has cycles. */
import type { Graph, GraphNode } from '~/api/schema'

export type View = {
  /** Around this pipeline, `team/name`. */
  focus?: string
  /** How many steps away from it; all of them by default. */
  depth?: number
  team?: string
  show?: 'broken' | 'active'
}

/** What is left of a graph; `aside` are there only because something that was asked for leads to or from them. */
export type Shown = Pick<Graph, 'nodes' | 'edges'> & { aside: Set<string> }

export const fullName = ({ team, name }: Pick<GraphNode, 'team' | 'name'>) => `${team}/${name}`

export function shown(graph: Graph, { focus, depth, team, show }: View): Shown {
  const ways = waysOf(graph)
  const near = focus ? around(ways, focus, depth) : undefined
  const isNear = (name: string) => near === undefined || near.has(name)
  const asked = graph.nodes
    .filter((node) => isAsked(node, team, show))
    .map(fullName)
    .filter(isNear)
  const others = show ? reach(ways.down, asked) : team ? beside(ways, asked) : []
  const own = new Set(asked)
  const aside = new Set([...others].filter((name) => !own.has(name) && isNear(name)))
  const kept = new Set([...own, ...aside])
  return {
    nodes: graph.nodes.filter((node) => kept.has(fullName(node))),
    edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
    aside,
  }
}

const isAsked = (node: GraphNode, team: string | undefined, show: View['show']) =>
  (!team || node.team === team) && (!show || (show === 'broken' ? node.broken : node.active > 0))

export type Ways = { up: Map<string, string[]>; down: Map<string, string[]> }

/** What each leads to, and what leads to each. */
export function waysOf({ edges }: Pick<Graph, 'edges'>): Ways {
  const ways: Ways = { up: new Map(), down: new Map() }
  for (const { from, to } of edges) {
    add(ways.down, from, to)
    add(ways.up, to, from)
  }
  return ways
}

function add(ways: Map<string, string[]>, from: string, to: string) {
  const known = ways.get(from)
  if (!known) ways.set(from, [to])
  else if (!known.includes(to)) known.push(to)
}

/** Everything that one gets to in so many steps, with where one starts. */
export function reach(ways: Map<string, string[]>, from: string[], depth = Number.POSITIVE_INFINITY): Set<string> {
  const reached = new Set(from)
  let edge = from
  for (let step = 0; step < depth && edge.length > 0; step++) {
    edge = edge.flatMap((name) => ways.get(name) ?? []).filter((name) => !reached.has(name) && reached.add(name))
  }
  return reached
}

/** What a pipeline comes from and what comes of it, but not what else comes of the former. */
export function around({ up, down }: Ways, focus: string, depth?: number): Set<string> {
  return new Set([...reach(up, [focus], depth), ...reach(down, [focus], depth)])
}

function beside({ up, down }: Ways, names: string[]): string[] {
  return names.flatMap((name) => [...(up.get(name) ?? []), ...(down.get(name) ?? [])])
}

/** The pipelines whose full names have all these words in them; nothing if there are no words. */
export function found(nodes: GraphNode[], search: string): Set<string> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return new Set()
  const names = nodes.map(fullName)
  return new Set(names.filter((name) => words.every((word) => name.toLowerCase().includes(word))))
}
