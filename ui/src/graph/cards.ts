/** How pipelines look in the graph of everything. */
import type { Graph, GraphEdge, GraphNode, Overview } from '~/api/schema'
import type { GraphNode as Card, GraphEdge as Line } from '~/kit/graph/types'
import { pipelinePath } from '~/kit/Links'
import { lookOf } from '~/kit/status'
import { type BehindState, statesOf } from '~/runs/held'
import { found, fullName, type Shown } from './focus'

/** A pipeline, and whether it is held back or late. */
export type Pipeline = GraphNode & { behind?: BehindState | undefined }

/** With what the overview knows of its pipelines; the same graph if that is nothing, so that it is not drawn again. */
export function withBehind(graph: Graph, overview: Overview | undefined): Graph & { nodes: Pipeline[] } {
  const states = statesOf(overview)
  if (states.size === 0) return graph
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, behind: states.get(fullName(node)) })) }
}

export function cardsOf({ nodes, aside }: Shown, search: string, tints: Map<string, string>): Card[] {
  const marked = found(nodes, search)
  const searching = search.trim() !== ''
  return nodes.map((node) => {
    const id = fullName(node)
    return {
      ...looks(node),
      id,
      label: node.name,
      tint: tints.get(node.team),
      marked: marked.has(id),
      dimmed: searching ? !marked.has(id) : aside.has(id),
    }
  })
}

function looks(node: GraphNode): Pick<Card, 'below' | 'status' | 'to' | 'missing'> {
  if (!isKnown(node))
    return { below: `${node.team} · ${node.exists ? 'not yours to see' : 'not deployed'}`, missing: true }
  const remarks = [node.team, node.paused && 'paused', node.broken && statusOf(node) !== 'FAILED' && 'broken']
  return { below: remarks.filter(Boolean).join(' · '), status: statusOf(node), to: pipelinePath(node.team, node.name) }
}

/** Whether anything is told of it. */
export const isKnown = (node: GraphNode) => node.exists && Boolean(node.id)

/**
 * What it does now goes before an older failure, that before what it waits for, and that before how its newest run has ended. A run
 * that is queued behind others waits for one that runs.
 */
export function statusOf(node: Pipeline): string | undefined {
  if (node.active > 0) return node.last_status === 'QUEUED' && node.active === 1 ? 'QUEUED' : 'RUNNING'
  const ended = node.last_status ?? undefined
  if (node.broken && ended === 'SUCCEEDED') return 'FAILED'
  return node.behind && (!ended || ended === 'SUCCEEDED') ? node.behind : ended
}

/** In the order of the graph; dimmed where one of their ends is. */
export function linesOf(edges: GraphEdge[], cards: Card[]): Line[] {
  const dimmed = new Set(cards.filter((card) => card.dimmed).map(({ id }) => id))
  return edges.map((edge) => ({
    from: edge.from,
    to: edge.to,
    label: labelOf(edge),
    dashed: edge.kind === 'step',
    dimmed: dimmed.has(edge.from) || dimmed.has(edge.to),
  }))
}

/** That a success starts the next goes without saying. */
function labelOf({ kind, statuses }: GraphEdge): string | undefined {
  if (kind === 'step' || (statuses.length === 1 && statuses[0] === 'SUCCEEDED')) return undefined
  return statuses.map((status) => lookOf(status).word).join(', ') || undefined
}

const HUES = ['indigo', 'lime', 'pink', 'cyan', 'orange', 'violet', 'yellow', 'grape', 'green', 'blue']

const SHADES = [5, 8, 3]

/** A colour for each team, the same whatever is shown and whoever joins; none where there is only one. */
export function tintsOf({ nodes }: Pick<Graph, 'nodes'>): Map<string, string> {
  const teams = [...new Set(nodes.map(({ team }) => team))].sort()
  if (teams.length < 2) return new Map()
  const taken = new Set<number>()
  return new Map(teams.map((team) => [team, colour(placeOf(team, taken))]))
}

/** The name says which; only where that is taken it is the next. */
function placeOf(team: string, taken: Set<number>): number {
  const places = HUES.length * SHADES.length
  let place = hash(team) % places
  while (taken.has(place) && taken.size < places) place = (place + 1) % places
  taken.add(place)
  return place
}

const colour = (place: number) =>
  `var(--mantine-color-${HUES[place % HUES.length]}-${SHADES[Math.floor(place / HUES.length)]})`

const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
