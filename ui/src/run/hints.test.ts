import { expect, it } from 'vitest'
import { adviceOf, fateOf } from './hints'

it('advice is given as long as nothing was done', () => {
  expect(fateOf([])).toBe('open')
  expect(fateOf([{ status: 'FAILED' }])).toBe('open')
  expect(fateOf([{ status: 'FAILED' }, { status: 'QUEUED' }])).toBe('again')
  expect(fateOf([{ status: 'SUCCEEDED' }, { status: 'RUNNING' }])).toBe('mended')
  expect(adviceOf('STEP_FAILED', 'open', true)).toMatch(/^The end of its log/)
  expect(adviceOf('SQL_FAILED', 'open', true)).toMatch(/which statement failed/)
  expect(adviceOf('STEP_FAILED', 'again', true)).toBe('It runs again now.')
  expect(adviceOf('STEP_FAILED', 'mended', true)).toBe('It was run again since, and has succeeded.')
})

it('of what never began nothing was done', () => {
  expect(adviceOf('ABORTED', 'open', true)).toMatch(/^What was done until then stays done/)
  expect(adviceOf('ABORTED', 'open', false)).toMatch(/^It had not begun, and nothing of it was done/)
  expect(adviceOf('UNKNOWN_SECRET', 'open', false)).toMatch(/^Set the secret/)
})
