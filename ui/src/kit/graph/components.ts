/** The parts of a graph that nothing connects. Each is laid out by itself, which is faster, and what looks alike only once. */
import type { Link } from './shape'

/** Nodes by their places in the whole; links by their places within the part. */
export type Part = {
  nodes: number[]
  links: Link[]
  /** Places of the links in the whole. */
  ofWhole: number[]
}

/** In the order of their first nodes. */
export function partsOf(count: number, links: readonly Link[]): Part[] {
  const root = unite(count, links)
  const parts = new Map<number, Part>()
  const within: number[] = []
  for (let node = 0; node < count; node++) {
    const part = parts.get(root(node)) ?? { nodes: [], links: [], ofWhole: [] }
    parts.set(root(node), part)
    within[node] = part.nodes.push(node) - 1
  }
  links.forEach(([from, to, room], place) => {
    const part = parts.get(root(from))
    part?.links.push([within[from] ?? 0, within[to] ?? 0, room])
    part?.ofWhole.push(place)
  })
  return [...parts.values()]
}

/** Union-find with path halving: answers the same for all nodes of a part. */
function unite(count: number, links: readonly Link[]): (node: number) => number {
  const above = Int32Array.from({ length: count }, (_, node) => node)
  const root = (start: number) => {
    let node = start
    while (above[node] !== node) {
      above[node] = above[above[node] ?? node] ?? node
      node = above[node] ?? node
    }
    return node
  }
  for (const [from, to] of links) above[Math.max(root(from), root(to))] = Math.min(root(from), root(to))
  return root
}
