import { expect, test } from 'vitest'
import { forget, keep, kept } from './kept'

test('the last statement is kept until it is forgotten', () => {
  expect(kept()).toBe('')
  keep('SELECT 1')
  keep('SELECT 2')
  expect(kept()).toBe('SELECT 2')
  forget()
  expect(kept()).toBe('')
})
