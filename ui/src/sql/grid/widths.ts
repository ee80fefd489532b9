/** How wide columns are: as wide as what stands in them, within bounds. In pixels. */

import type { Answer } from '../answer'
import { lineOf } from '../answer'
import { inSql } from '../types'

const CHARACTER = 8.2
const AROUND = 26
const [NARROWEST, WIDEST] = [64, 340]
/** Rows that are looked at: those of a table are much alike. */
const SAMPLE = 200

export function widthsOf({ columns, rows }: Pick<Answer, 'columns' | 'rows'>): number[] {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE))
  return columns.map(({ name, type }, column) => {
    // The type stands behind the name, in smaller letters.
    let longest = name.length + inSql(type).length * 0.85 + 2
    for (let row = 0; row < rows.length; row += step) {
      longest = Math.max(longest, Math.min(lineOf(rows[row]?.[column]).length, WIDEST))
    }
    return Math.round(Math.min(WIDEST, Math.max(NARROWEST, longest * CHARACTER + AROUND)))
  })
}
