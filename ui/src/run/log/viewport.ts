/**
 * Where in a log one is, when it is longer than a browser can make an element: they stop between 16 and 33 million pixels, which is
 * less than a million lines.
 *
 * The place is kept in lines, not in pixels ({@link Top}). The element that is scrolled is as high as the lines would be, but no
 * higher than {@link TALLEST}; where it is higher than that, or where lines are wrapped and their heights are not known, its scroll
 * position is a share of the way. Dragging the scroll bar goes to that share; wheel, keys and fingers move by as many
 * pixels as they say, and the scroll bar is put right afterwards. Nothing of this moves what is seen: the lines stand in a box
 * that stays where it is while its surroundings scroll.
 */

/** The line at the upper edge, and how many of its pixels are above the edge. */
export type Top = { line: number; px: number }

export type Sizes = {
  count: number
  /** Height of what is seen. */
  height: number
  /** Height of a line that is not wrapped. */
  row: number
  /** Heights of wrapped lines, as far as they are known; without it all are one row high. */
  heights?: Map<number, number>
}

/** Less than what any browser can do, and still a million pixels for a thumb to move in. */
export const TALLEST = 8_000_000
export const START: Top = { line: 0, px: 0 }

export const heightOf = ({ heights, row }: Sizes, line: number) => heights?.get(line) ?? row

/** Height of the element that is scrolled. */
export function tall({ count, row, height }: Sizes): number {
  return Math.max(height, Math.min(count * row, TALLEST))
}

/** Whether a pixel of the scroll bar is a pixel of the log. */
export const isExact = ({ count, row, heights }: Sizes) => heights === undefined && count * row <= TALLEST

/** The place at which the last line is at the lower edge. */
export function bottom(sizes: Sizes): Top {
  let room = sizes.height
  let line = sizes.count
  while (line > 0 && room > 0) {
    line -= 1
    room -= heightOf(sizes, line)
  }
  return room < 0 ? { line, px: -room } : { line, px: 0 }
}

export const isAfter = (a: Top, b: Top) => a.line > b.line || (a.line === b.line && a.px > b.px)

export const within = (sizes: Sizes, top: Top): Top => {
  const last = bottom(sizes)
  if (top.line < 0 || sizes.count === 0) return START
  return isAfter(top, last) ? last : top
}

/** So many pixels further down, or up. */
export function moved(sizes: Sizes, top: Top, by: number): Top {
  let { line } = top
  let px = top.px + by
  while (px < 0 && line > 0) {
    line -= 1
    px += heightOf(sizes, line)
  }
  while (line < sizes.count && px >= heightOf(sizes, line)) {
    px -= heightOf(sizes, line)
    line += 1
  }
  return within(sizes, { line, px: Math.max(0, px) })
}

/** The place as a number of lines. */
const inLines = (sizes: Sizes, top: Top) => top.line + top.px / heightOf(sizes, top.line)

/** The share of the way from the first to the last place. */
export function shareOf(sizes: Sizes, top: Top): number {
  const last = inLines(sizes, bottom(sizes))
  return last > 0 ? Math.min(1, inLines(sizes, top) / last) : 0
}

export function atShare(sizes: Sizes, share: number): Top {
  const lines = Math.max(0, Math.min(1, share)) * inLines(sizes, bottom(sizes))
  const line = Math.floor(lines)
  return within(sizes, { line, px: (lines - line) * heightOf(sizes, line) })
}

/** The place from which a line is seen: the same if it is seen already, else with the line in the middle. */
export function showing(sizes: Sizes, top: Top, line: number): Top {
  const { last } = seen(sizes, top)
  const isSeen = (line > top.line || (line === top.line && top.px === 0)) && line < last - 1
  if (isSeen) return top
  const middle = Math.max(0, (sizes.height - heightOf(sizes, line)) / 2)
  return moved(sizes, { line, px: 0 }, -middle)
}

/** The lines that are seen at least in part; `last` is the one behind them. */
export function seen(sizes: Sizes, top: Top): { first: number; last: number } {
  let line = top.line
  let room = sizes.height + top.px
  while (line < sizes.count && room > 0) {
    room -= heightOf(sizes, line)
    line += 1
  }
  return { first: top.line, last: line }
}

/** The lines to draw, with some more around them, and how far above the edge the first of them begins. */
export function drawn(sizes: Sizes, top: Top, around: number): { first: number; last: number; above: number } {
  const { last } = seen(sizes, top)
  const first = Math.max(0, top.line - around)
  let above = top.px
  for (let line = first; line < top.line; line += 1) above += heightOf(sizes, line)
  return { first, last: Math.min(sizes.count, last + around), above }
}
