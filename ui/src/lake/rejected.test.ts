import { expect, test } from 'vitest'
import { isOfRejected, pairOf, rejectedBy, rejectedIn, rejectedOf } from './rejected'

test('a table and the one of its rejected rows are a pair', () => {
  const pair = ['raw.orders', 'raw.orders__rejected']
  expect(pairOf('raw.orders')).toEqual(pair)
  expect(pairOf('raw.orders__rejected')).toEqual(pair)
  expect(pair.map(isOfRejected)).toEqual([false, true])
  expect(isOfRejected('raw.Orders__REJECTED')).toBe(true)
})

test('a sync tells how many rows it has rejected, and where they are', () => {
  const step = { kind: 'sync', outputs: { rejected: 3, rejected_in: { 'raw.orders__rejected': 3 } } }
  expect([rejectedBy(step), rejectedIn(step)]).toEqual([3, [['raw.orders__rejected', 3]]])
  expect(rejectedBy({ ...step, kind: 'models' })).toBe(3)
  const old = { kind: 'sync', outputs: { rejected: 3 } }
  expect([rejectedBy(old), rejectedIn(old)]).toEqual([3, []])
  const failed = { kind: 'sync', outputs: {} }
  expect([rejectedBy(failed), rejectedIn(failed)]).toEqual([undefined, []])
})

test('what a script calls so is its own', () => {
  const step = { kind: 'run', outputs: { rejected: 3, rejected_in: { 'raw.orders__rejected': 3 } } }
  expect([rejectedBy(step), rejectedIn(step)]).toEqual([undefined, []])
})

test('names keep their case', () => {
  expect(rejectedOf('0193', 'raw.Orders__rejected')).toBe(`SELECT *\nFROM raw."Orders__rejected"\nWHERE run = '0193'`)
})
