import { expect, test } from 'vitest'
import { columnsShown } from './fold'

const columns = Array.from({ length: 30 }, (_, at) => ({
  name: `column_${at}`,
  data_type: 'BIGINT',
  nullable: true,
  ...(at === 20 && { description: 'How LATE it was' }),
}))
const names = (search: string, unfolded = false) => columnsShown(columns, search, unfolded).map(({ name }) => name)

test('of many columns the first twelve are shown, or all', () => {
  expect([names('').length, names('', true).length]).toEqual([12, 30])
})

test('columns are found by their name and by what they are', () => {
  expect(names(' COLUMN_29 ')).toEqual(['column_29'])
  expect(names('late')).toEqual(['column_20'])
  expect(names('nothing', true)).toEqual([])
})
