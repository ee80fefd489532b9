import { expect, test } from 'vitest'
import type { Row } from '../answer'
import { moved, WHOLE_ROW } from './moves'
import { widthsOf } from './widths'

const size = { rows: 100, columns: 5, page: 10 }
const from = (row: number, column: number, key: string, far = false) => moved({ row, column }, key, far, size)

test('keys lead from cell to cell, and not beyond the last', () => {
  expect(from(0, 0, 'ArrowDown')).toEqual({ row: 1, column: 0 })
  expect(from(0, 0, 'ArrowUp')).toEqual({ row: 0, column: 0 })
  expect(from(99, 4, 'ArrowRight')).toEqual({ row: 99, column: 4 })
  expect(from(95, 2, 'PageDown')).toEqual({ row: 99, column: 2 })
  expect(from(50, 2, 'Home', true)).toEqual({ row: 0, column: 0 })
  expect(from(50, 2, 'End')).toEqual({ row: 50, column: 4 })
  expect(from(50, 2, 'a')).toBeUndefined()
})

test('before the first cell is the row as a whole', () => {
  expect(from(3, 0, 'ArrowLeft')).toEqual({ row: 3, column: WHOLE_ROW })
  expect(from(3, WHOLE_ROW, 'ArrowLeft')).toEqual({ row: 3, column: WHOLE_ROW })
})

test('columns are as wide as what stands in them, within bounds', () => {
  const columns = ['i', 'text', 'long'].map((name) => ({ name, type: 'T' }))
  const rows: Row[] = Array.from({ length: 1_000 }, (_, id) => [id, 'some words in it', 'w'.repeat(10_000)])
  const [id = 0, text = 0, long] = widthsOf({ columns, rows })
  expect(id).toBeLessThan(text)
  expect([id, long]).toEqual([64, 340])
  expect(widthsOf({ columns, rows: [] })).toHaveLength(3)
})
