/** Which part of the graph is shown, and how large. */
import type { Layout, Point } from './layout'
import { CARD } from './types'

export type View = { x: number; y: number; zoom: number }
export type Box = { width: number; height: number }

export const PADDING = 16
/** How much of a card can be read: all of it, its label if it is set large, or nothing. */
export type Level = 'near' | 'middle' | 'far'

export function levelOf(zoom: number): Level {
  if (zoom >= 0.6) return 'near'
  return zoom >= 0.32 ? 'middle' : 'far'
}

/** Graphs up to this size are never drawn too small to be read; they begin at their start instead. */
const READABLE = { nodes: 30, zoom: 0.75 }

/** The whole graph in the middle; a small one that has no room begins at the left and the top. */
export function whole(layout: Layout, box: Box): View {
  const zoom = wholeZoom(layout, box)
  const place = (room: number, size: number) =>
    Math.max((room - size * zoom) / 2, zoom > 0 && size * zoom > room ? PADDING : 0)
  return { x: place(box.width, layout.width), y: place(box.height, layout.height), zoom }
}

/** Whether there is nothing outside of this view. */
export function isWhole(layout: Layout, box: Box, { zoom }: View): boolean {
  return layout.width * zoom <= box.width && layout.height * zoom <= box.height
}

function wholeZoom(layout: Layout, box: Box): number {
  const small = layout.nodes.length <= READABLE.nodes
  const padding = small ? PADDING : 2 * PADDING
  const ratio = (room: number, size: number) => Math.max(1, room - 2 * padding) / Math.max(1, size)
  const all = Math.min(1, ratio(box.width, layout.width), ratio(box.height, layout.height))
  return small ? Math.max(all, READABLE.zoom) : all
}

/** High enough for the graph at this width, but not so high that the page is nothing else. */
export function heightFor(layout: Layout, width: number, atMost = 560): number {
  const { zoom } = whole(layout, { width, height: Number.POSITIVE_INFINITY })
  return Math.round(Math.min(atMost, Math.max(96, layout.height * zoom + 2 * PADDING)))
}

/** Moves the view just so far that the card is in it. */
export function reveal(card: Point, view: View, box: Box): View {
  const shift = (start: number, size: number, room: number) => {
    if (start < PADDING) return PADDING - start
    return Math.min(0, room - PADDING - (start + size))
  }
  const left = card.x * view.zoom + view.x
  const top = card.y * view.zoom + view.y
  return {
    x: view.x + shift(left, CARD.width * view.zoom, box.width),
    y: view.y + shift(top, CARD.height * view.zoom, box.height),
    zoom: view.zoom,
  }
}

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

/** The card that one gets to with an arrow key: near, and rather straight ahead than sideways. */
export function neighbour(from: number, key: Arrow, nodes: Point[]): number | undefined {
  const sideways = key === 'ArrowLeft' || key === 'ArrowRight'
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1
  const here = nodes[from] ?? { x: 0, y: 0 }
  let best: { at: number; cost: number } | undefined
  nodes.forEach((there, at) => {
    const [ahead, aside] = sideways ? [there.x - here.x, there.y - here.y] : [there.y - here.y, there.x - here.x]
    if (ahead * sign <= 1) return
    const cost = ahead * sign + 2 * Math.abs(aside)
    if (!best || cost < best.cost) best = { at, cost }
  })
  return best?.at
}
