/**
 * The places nearest to those wanted (in the least sum of squares) that keep the order and a distance. What would overlap moves as one
 * block to the middle of what its members want: the pool-adjacent-violators algorithm of isotonic regression.
 */
export function nearest(wanted: number[], distance: number): number[] {
  const blocks: { sum: number; count: number }[] = []
  wanted.forEach((value, at) => {
    let block = { sum: value - at * distance, count: 1 }
    for (let last = blocks.at(-1); last && last.sum / last.count >= block.sum / block.count; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, count: last.count + block.count }
      blocks.pop()
    }
    blocks.push(block)
  })
  return blocks
    .flatMap(({ sum, count }) => Array<number>(count).fill(sum / count))
    .map((value, at) => value + at * distance)
}
