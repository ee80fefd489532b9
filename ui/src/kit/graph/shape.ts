/** What decides where nodes stand: who there is and what leads where, but nothing that changes while it runs. */
import type { Direction, GraphEdge, GraphNode } from './types'

/** From and to as places in `ids`, and the room that a label needs. */
export type Link = readonly [from: number, to: number, room: number]
export type Shape = { ids: string[]; links: Link[]; direction: Direction; aspect: number }

const LETTER = 6.2

/** Edges from or to nodes that are not there, and those from a node to itself, have no place in the layout. */
export function shapeOf(nodes: GraphNode[], edges: GraphEdge[], direction: Direction, aspect: number): Shape {
  const places = new Map(nodes.map((node, place) => [node.id, place]))
  const links = drawn(edges, places).map((edge): Link => {
    const room = edge.label ? Math.ceil(edge.label.length * LETTER) + 10 : 0
    return [places.get(edge.from) ?? 0, places.get(edge.to) ?? 0, room]
  })
  return { ids: nodes.map((node) => node.id), links, direction, aspect }
}

/** The edges that can be drawn, in the order of the links of the shape. */
export function drawn(edges: GraphEdge[], places: { has(id: string): boolean }): GraphEdge[] {
  return edges.filter((edge) => edge.from !== edge.to && places.has(edge.from) && places.has(edge.to))
}

const keys = new WeakMap<Shape, string>()

/** Equal for graphs that are laid out equally. */
export function keyOf(shape: Shape): string {
  const key = keys.get(shape) ?? JSON.stringify([shape.ids, shape.links, shape.direction, shape.aspect])
  keys.set(shape, key)
  return key
}
