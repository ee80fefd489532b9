import type { Text } from '@codemirror/state'

type Piece = { fromA: number; toA: number; fromB: number; toB: number }

/** How many lines the pieces of a comparison add and take away. Their ends may lie one behind the text. */
export function changedLines(pieces: readonly Piece[], before: Text, after: Text): { added: number; removed: number } {
  let [added, removed] = [0, 0]
  for (const { fromA, toA, fromB, toB } of pieces) {
    removed += lines(before, fromA, toA)
    added += lines(after, fromB, toB)
  }
  return { added, removed }
}

function lines(text: Text, from: number, to: number): number {
  if (to <= from) return 0
  return text.lineAt(Math.min(to - 1, text.length)).number - text.lineAt(from).number + 1
}
