import { expect, test } from 'vitest'
import { ApiProblem } from '~/api/problem'
import type { Mistake } from '~/api/schema'
import { lineAt, spanOf } from './mistake'

const SQL = 'SELECT id,\n  nope\nFROM raw.orders o'
const failed = (detail: string, errors: Mistake[] = []) => new ApiProblem(422, { code: 'SQL_FAILED', detail, errors })
const marked = (detail: string, errors?: Mistake[]) => {
  const span = spanOf(SQL, failed(detail, errors))
  return span && SQL.slice(span.from, span.to)
}

test('a mistake is marked where the server says that it is', () => {
  expect(marked('wrong', [{ message: 'wrong', severity: 'error', line: 2, column: 3 }])).toBe('nope')
  expect(marked('Expected: an expression, found: FROM at Line: 3, Column: 1')).toBe('FROM')
  expect(marked('line 3: whatever')).toBe('FROM raw.orders o')
  expect(marked('at Line: 30, Column: 1')).toBeUndefined()
})

test('otherwise at the name that it is about', () => {
  expect(marked('Schema error: No field named nope. Valid fields are …')).toBe('nope')
  expect(marked('Schema error: No field named o.nope.')).toBe('nope')
  expect(marked("Error during planning: table 'polder.raw.orders' not found")).toBe('orders')
  expect(marked("table 'polder.raw.order' not found")).toBeUndefined()
  expect(marked("Invalid function '(((('.")).toBeUndefined()
})

test('what is no mistake in the text is nowhere in it', () => {
  expect(marked('Divide by zero error')).toBeUndefined()
  expect(spanOf(SQL, new ApiProblem(503, { code: 'UNAVAILABLE', detail: 'line 2' }))).toBeUndefined()
})

test('lines count from 1', () => {
  expect([0, 10, 11, SQL.length].map((offset) => lineAt(SQL, offset))).toEqual([1, 1, 2, 3])
})
