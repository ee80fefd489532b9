/** The lines between cards, as paths of SVG. */
import type { Point } from './layout'
import { CARD, type Direction } from './types'

export type Line = { d: string; head: string; middle: Point }

/** Across the direction of the graph; beyond it a curve would be all but upright. */
const STEEP = 210
const LANES = { apart: 68, count: 5 }
const HEAD = { length: 7, half: 3.5 }

/** From card to card by way of the points in between; `from` and `to` are their corners. */
export function line(from: Point, to: Point, between: Point[], direction: Direction): Line {
  const along = direction === 'right' ? (p: Point) => p : flip
  const size = direction === 'right' ? CARD : { width: CARD.height, height: CARD.width }
  const [a, b, inner] = [along(from), along(to), between.map(along)]
  const forwards = b.x >= a.x + size.width
  const start = { x: forwards ? a.x + size.width : a.x + size.width / 2, y: a.y + size.height / 2 }
  const end = forwards ? { x: b.x, y: b.y + size.height / 2 } : backEnd(b, a, size)
  // With one point between, the cards are next to each other and it only makes a dent.
  const points = [start, ...(inner.length > 1 ? inner : []), end]
  return {
    d: course(points, along),
    head: arrow(points.at(-2) ?? start, end, along),
    middle: along(middleOf(points)),
  }
}

const flip = (p: Point): Point => ({ x: p.y, y: p.x })

/** Where a line that runs against the direction arrives: at the far side of the card. */
function backEnd(b: Point, a: Point, size: { width: number; height: number }): Point {
  return { x: b.x + size.width <= a.x ? b.x + size.width : b.x + size.width / 2, y: b.y + size.height / 2 }
}

function middleOf(points: Point[]): Point {
  const [a, b] = [points[Math.floor((points.length - 1) / 2)], points[Math.ceil((points.length - 1) / 2)]]
  return { x: ((a?.x ?? 0) + (b?.x ?? 0)) / 2, y: ((a?.y ?? 0) + (b?.y ?? 0)) / 2 }
}

type Along = (p: Point) => Point

/** Leaves and enters every point in the direction of the graph. */
function course(points: Point[], along: Along): string {
  return points
    .map((p, at) => {
      const before = points[at - 1]
      if (!before) return `M${text(along(p))}`
      return Math.abs(p.y - before.y) > STEEP ? elbow(before, p, along) : curve(before, p, along)
    })
    .join('')
}

function curve(from: Point, to: Point, along: Along): string {
  const half = (from.x + to.x) / 2
  return `C${[{ x: half, y: from.y }, { x: half, y: to.y }, to].map((p) => text(along(p))).join(' ')}`
}

/** Dozens of steep curves beside each other are a smear; so they share a trunk, with their own lane for those that start near. */
function elbow(from: Point, to: Point, along: Along): string {
  const lane = 9 + (Math.round(Math.abs(from.y) / LANES.apart) % LANES.count) * 6
  const turn = Math.sign(to.x - from.x) * Math.min(lane, Math.abs(to.x - from.x) / 2)
  const x = from.x + turn
  const round = Math.min(8, Math.abs(turn))
  const [ahead, aside] = [Math.sign(turn) * round, Math.sign(to.y - from.y) * round]
  const bend = (corner: Point, end: Point) => `Q${text(along(corner))} ${text(along(end))}`
  const straight = (p: Point) => `L${text(along(p))}`
  return [
    straight({ x: x - ahead, y: from.y }),
    bend({ x, y: from.y }, { x, y: from.y + aside }),
    straight({ x, y: to.y - aside }),
    bend({ x, y: to.y }, { x: x + ahead, y: to.y }),
    straight(to),
  ].join('')
}

function arrow(before: Point, end: Point, along: Along): string {
  const x = end.x + (before.x <= end.x ? -HEAD.length : HEAD.length)
  const corners = [{ x, y: end.y - HEAD.half }, end, { x, y: end.y + HEAD.half }]
  return `M${corners.map((p) => text(along(p))).join('L')}Z`
}

const text = (p: Point) => `${Math.round(p.x * 10) / 10} ${Math.round(p.y * 10) / 10}`
