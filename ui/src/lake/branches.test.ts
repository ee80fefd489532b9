import { expect, test } from 'vitest'
import type { BranchView } from '~/api/schema'
import { found, newestFailed, stepPath } from './branches'

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

const RUN = '01a1fdc3-5780-710a-b99c-7e0e5a440131'
const written: BranchView[] = [
  { ...branch(`${RUN}-1-2`, 'marts', 'FAILED'), run: RUN },
  { ...branch(`${RUN}-0-1`, 'load', 'PUBLISHED'), run: RUN },
  { ...branch('env-dev-01a1', 'none', 'FAILED'), step: null },
]
const names = (search: string, unpublished = false) => found(written, search, unpublished).map(({ name }) => name)

test('branches are found by a part of a name, of the run or of the step', () => {
  expect(names('')).toHaveLength(3)
  expect(names(' 5A440131 ')).toEqual([`${RUN}-1-2`, `${RUN}-0-1`])
  expect(names('LOA')).toEqual([`${RUN}-0-1`])
  expect(names('env-dev')).toEqual(['env-dev-01a1'])
  expect(names('null')).toEqual([])
})

test('those that were not published can be listed alone', () => {
  expect(names('', true)).toEqual([`${RUN}-1-2`, 'env-dev-01a1'])
  expect(names('load', true)).toEqual([])
})

test('a branch leads to its attempt of the step', () => {
  expect(stepPath(RUN, 'a b', `${RUN}-1-2`)).toBe(`/runs/${RUN}?step=a%20b&epoch=2`)
})
