import type { ColumnFacts } from '~/api/schema'

/** Columns that one sees of a table that has more. */
export const FOLDED = 12

/** Those that have the text in their name or description; without one, the first of them or all. */
export function columnsShown(columns: ColumnFacts[], search: string, unfolded: boolean): ColumnFacts[] {
  const text = search.trim().toLowerCase()
  if (text === '') return unfolded ? columns : columns.slice(0, FOLDED)
  return columns.filter(({ name, description }) => `${name} ${description ?? ''}`.toLowerCase().includes(text))
}
