import { expect, it } from 'vitest'
import { isPartOf, isPartOfId, isWholeId } from './ids'

const ID = '01932f4e-0000-7000-8000-0000deadbeef'

it('ends of ids are told from words', () => {
  expect(['deadbeef', 'BEEF', '01932f4e-00', ID].map(isPartOfId)).toEqual([true, true, true, false])
  expect(['bee', 'weather', 'feed me', '-beef'].map(isPartOfId)).toEqual([false, false, false, false])
  expect([isWholeId(ID), isWholeId('deadbeef')]).toEqual([true, false])
})

it('an id is known by either end', () => {
  expect(['DEADBEEF', '01932f4e-0', '7000'].map((part) => isPartOf(part, ID))).toEqual([true, true, false])
})
