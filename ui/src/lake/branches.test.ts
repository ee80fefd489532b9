import { expect, test } from 'vitest'
import type { BranchView } from '~/api/schema'
import { newestFailed } from './branches'

const branch = (name: string, step: string, state: string): BranchView => ({
  id: name,
  name,
  step,
  state,
  environment: 'prod',
  created_at: '2026-02-03T00:00:00Z',
})

test('of each step the last attempt counts, if it failed', () => {
  const newestFirst = [
    branch('5', 'check', 'FAILED'),
    branch('4', 'check', 'FAILED'),
    branch('3', 'load', 'PUBLISHED'),
    branch('2', 'load', 'FAILED'),
    branch('1', 'old', 'REMOVED'),
  ]
  expect(newestFailed(newestFirst).map(({ name }) => name)).toEqual(['5'])
})
