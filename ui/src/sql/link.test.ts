import { expect, test } from 'vitest'
import { hashOf, sqlOf, sqlPath } from './link'
import { partsOf, quoted, reference, selectFrom, selectSome } from './names'

test('an address gives back what was asked, whatever it was', () => {
  const texts = ['', 'SELECT 1', "SELECT '#%&?=+ é 👩‍👧'\n-- 100 %", 'x'.repeat(100_000)]
  expect(texts.map((text) => sqlOf(hashOf(text)))).toEqual(texts)
  expect(sqlOf('#100%')).toBe('100%')
})

test('an address says where one looks, unless it is prod', () => {
  expect(sqlPath('SELECT 1', { environment: 'prod' })).toBe('/sql#SELECT%201')
  expect(sqlPath('', { environment: 'dev', branch: 'a b' })).toBe('/sql?environment=dev&branch=a+b')
})

test('names stand in quotes where they have to', () => {
  expect(['orders', 'Orders', 'order', '2020', 'a"b', 'a_1'].map(quoted)).toEqual([
    'orders',
    '"Orders"',
    '"order"',
    '"2020"',
    '"a""b"',
    'a_1',
  ])
  expect(reference('raw.Orders')).toBe('raw."Orders"')
  expect(partsOf('orders')).toEqual(['', 'orders'])
  expect(selectFrom('raw.orders', 10)).toBe('SELECT *\nFROM raw.orders\nLIMIT 10')
  expect(selectSome('raw.orders', ['id', 'Amount'], 10)).toBe('SELECT id, "Amount"\nFROM raw.orders\nLIMIT 10')
  expect(selectFrom('raw.Orders', 10, 3)).toBe('SELECT *\nFROM raw."Orders" VERSION AS OF 3\nLIMIT 10')
})
