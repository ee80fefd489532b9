import { expect, test } from 'vitest'
import { isGone, isUnpublished, makerOf, reasonOf, wordOf } from './branchWords'

const RUN = '01a1fdc3-5780-710a-b99c-7e0e5a440131'
const of = (state: string, more: { name?: string; removed_at?: string } = {}) => ({
  name: `${RUN}-0-1`,
  run: more.name ? null : RUN,
  state,
  ...more,
})
const inWords = (branch: ReturnType<typeof of>) => [wordOf(branch), reasonOf(branch)].filter(Boolean).join(': ')

test('what became of a branch is said in words', () => {
  expect(inWords(of('OPEN'))).toBe('being written')
  expect(inWords(of('PUBLISHED'))).toBe('published')
  expect(inWords(of('FAILED'))).toBe('not published: the attempt did not succeed')
  expect(inWords(of('FAILED', { name: 'env-dev-01a1' }))).toBe('kept: from before a reset')
  expect(inWords(of('FAILED', { name: 'rollback-01a1' }))).toBe('not published: the roll-back did not succeed')
  expect(inWords(of('REMOVED'))).toBe('gone: its time was over')
  expect(inWords(of('SET_ASIDE'))).toBe('set aside')
})

test('what is gone is neither looked into nor unpublished, whatever it was', () => {
  for (const state of ['REMOVED', 'FAILED', 'PUBLISHED']) {
    const gone = of(state, { removed_at: '2026-02-03T00:00:00Z' })
    expect([isGone(gone), isUnpublished(gone), wordOf(gone)]).toEqual([true, false, 'gone'])
  }
  expect(isGone(of('FAILED'))).toBe(false)
})

test('what is no part of what readers see is unpublished', () => {
  const unpublished = [of('OPEN'), of('FAILED'), of('FAILED', { name: 'env-dev-01a1' }), of('PUBLISHED')].map(
    isUnpublished,
  )
  expect(unpublished).toEqual([true, true, true, false])
})

test('a branch of no step says what wrote it', () => {
  expect(makerOf(of('PUBLISHED', { name: 'rollback-01a1' }))).toBe('a roll-back')
  expect(makerOf(of('FAILED', { name: 'env-dev-01a1' }))).toBe('steps before the reset')
  expect(makerOf(of('OPEN', { name: 'by-hand' }))).toBe('a person')
})
