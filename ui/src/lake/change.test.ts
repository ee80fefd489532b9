import { expect, test } from 'vitest'
import { rejectedInWords, rowsChanged, rowsInWords, written } from './change'

const load = { rolls_back: null }
const back = { rolls_back: 'p1' }

test('a load adds rows', () => {
  const tables = [
    { name: 'raw.a', rows: 1_500 },
    { name: 'raw.b', rows: 158 },
  ]
  expect([rowsChanged(load, tables), rowsInWords(load, tables)]).toEqual(['1,658', '1,658 rows added'])
})

test('a roll-back removes them', () => {
  const tables = [{ name: 'raw.a', rows: 0, rows_removed: 1_658 }]
  expect([rowsChanged(back, tables), rowsInWords(back, tables)]).toEqual(['−1,658', '1,658 rows removed'])
})

test('what was replaced is put back', () => {
  const tables = [{ name: 'raw.a', rows: 3, rows_removed: 5 }]
  expect([rowsChanged(back, tables), rowsInWords(back, tables)]).toEqual(['−5 +3', '5 rows removed, 3 put back'])
})

test('a roll-back of a load of nothing changes nothing', () => {
  expect([rowsChanged(back, [{ rows: 0 }]), rowsInWords(back, [])]).toEqual(['0', '0 rows removed'])
})

test('rows that were rejected are none that were added', () => {
  const tables = [
    { name: 'raw.orders', rows: 5 },
    { name: 'raw.orders__rejected', rows: 2 },
  ]
  expect(rowsInWords(load, tables)).toBe('5 rows added, 2 rejected')
  expect([rowsChanged(load, written(tables)), rejectedInWords(load, tables)]).toEqual(['5', '2 rejected'])
  expect(rejectedInWords(load, written(tables))).toBe('')
  const gone = tables.map((table) => ({ ...table, rows: 0, rows_removed: table.rows }))
  expect([rowsInWords(back, gone), rejectedInWords(back, tables)]).toEqual(['5 rows removed', ''])
})
