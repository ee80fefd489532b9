import { expect, it } from 'vitest'
import { adviceOf, fateOf } from './hints'

it('advice is given as long as nothing was done', () => {
  expect(fateOf([])).toBe('open')
  expect(fateOf([{ status: 'FAILED' }])).toBe('open')
  expect(fateOf([{ status: 'FAILED' }, { status: 'QUEUED' }])).toBe('again')
  expect(fateOf([{ status: 'SUCCEEDED' }, { status: 'RUNNING' }])).toBe('mended')
  expect(adviceOf('STEP_FAILED', 'open')).toMatch(/^The end of its log/)
  expect(adviceOf('STEP_FAILED', 'again')).toBe('It runs again now.')
  expect(adviceOf('STEP_FAILED', 'mended')).toBe('It was run again since, and has succeeded.')
})
