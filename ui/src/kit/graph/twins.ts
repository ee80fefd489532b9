/** Nodes at the end of a graph that depend on exactly the same others: a hub has dozens. They are laid out as one high node. */
import type { Link } from './shape'

/** For each node, the ones that stand with it, itself first; empty for those that stand with another. */
export function twinsOf(count: number, links: readonly Link[]): number[][] {
  const origins: string[] = Array.from({ length: count }, () => '')
  const leads = new Set<number>()
  for (const [from, to, room] of links) {
    origins[to] += `${from}:${room} `
    leads.add(from)
  }
  const groups: number[][] = []
  const first = new Map<string, number>()
  for (let node = 0; node < count; node++) {
    const same = origins[node] || undefined
    const twin = same && !leads.has(node) ? first.get(same) : undefined
    groups[node] = twin === undefined ? [node] : []
    if (twin !== undefined) groups[twin]?.push(node)
    else if (same && !leads.has(node)) first.set(same, node)
  }
  return groups
}
