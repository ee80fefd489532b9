/**
 * Puts boxes beside and below one another so that the whole is about as wide as the page is for its height: the highest first, on
 * shelves, and where a shelf is higher than its boxes they stand on top of each other in columns.
 */

export type Size = { width: number; height: number }
export type Place = { x: number; y: number }

export function pack(
  boxes: readonly Size[],
  aspect: number,
  gap: number,
): { places: Place[]; width: number; height: number } {
  const limit = shelfWidth(boxes, aspect, gap)
  const places: Place[] = []
  let [top, bottom, width] = [0, 0, 0]
  let column = { x: 0, width: 0, y: 0 }
  for (const [index, box] of byHeight(boxes)) {
    const below =
      column.width > 0 && column.y + box.height <= bottom && column.x + Math.max(box.width, column.width) <= limit
    if (!below) {
      const x = column.width > 0 ? column.x + column.width + gap : 0
      if (x > 0 && x + box.width > limit) {
        top = bottom + gap
        column = { x: 0, width: 0, y: top }
      } else column = { x, width: 0, y: top }
    }
    places[index] = { x: column.x, y: column.y }
    bottom = Math.max(bottom, column.y + box.height)
    column = { x: column.x, width: Math.max(column.width, box.width), y: column.y + box.height + gap }
    width = Math.max(width, column.x + column.width)
  }
  return { places, width, height: bottom }
}

const byHeight = (boxes: readonly Size[]) => [...boxes.entries()].sort(([i, a], [j, b]) => b.height - a.height || i - j)

function shelfWidth(boxes: readonly Size[], aspect: number, gap: number): number {
  const area = boxes.reduce((sum, box) => sum + (box.width + gap) * (box.height + gap), 0)
  return boxes.reduce((widest, box) => Math.max(widest, box.width), Math.sqrt(area * aspect))
}
