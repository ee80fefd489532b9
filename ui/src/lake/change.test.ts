import { expect, test } from 'vitest'
import { rowsChanged, rowsInWords } from './change'

const load = { rolls_back: null }
const back = { rolls_back: 'p1' }

test('a load adds rows', () => {
  const tables = [{ rows: 1_500 }, { rows: 158 }]
  expect([rowsChanged(load, tables), rowsInWords(load, tables)]).toEqual(['1,658', '1,658 rows added'])
})

test('a roll-back removes them', () => {
  const tables = [{ rows: 0, rows_removed: 1_658 }]
  expect([rowsChanged(back, tables), rowsInWords(back, tables)]).toEqual(['−1,658', '1,658 rows removed'])
})

test('what was replaced is put back', () => {
  const tables = [{ rows: 3, rows_removed: 5 }]
  expect([rowsChanged(back, tables), rowsInWords(back, tables)]).toEqual(['−5 +3', '5 rows removed, 3 put back'])
})

test('a roll-back of a load of nothing changes nothing', () => {
  expect([rowsChanged(back, [{ rows: 0 }]), rowsInWords(back, [])]).toEqual(['0', '0 rows removed'])
})
