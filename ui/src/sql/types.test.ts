import { expect, test } from 'vitest'
import { classOf, inSql } from './types'

const classes = (types: string[]) => new Set(types.map(classOf))

test('types have the same class by either of their names', () => {
  const numbers = ['Int64', 'UInt8', 'Float64', 'Decimal128(22, 2)', 'BIGINT', 'INTEGER', 'DOUBLE', 'DECIMAL(22, 2)']
  expect(classes([...numbers, 'SMALLINT UNSIGNED', 'TINYINT', 'REAL'])).toEqual(new Set(['number']))
  expect(classes(['Utf8', 'Utf8View', 'LargeUtf8', 'VARCHAR', 'varchar(10)'])).toEqual(new Set(['text']))
  const times = ['Date32', 'Timestamp(µs, "UTC")', 'Time64(ns)', 'DATE', 'TIMESTAMP WITH TIME ZONE', 'TIME']
  expect(classes(times)).toEqual(new Set(['time']))
  expect(classes(['Boolean', 'BOOLEAN'])).toEqual(new Set(['boolean']))
})

test('what holds others is none of them, and so is what nobody knows', () => {
  const others = ['List(Int64)', 'BIGINT[]', 'Struct("a": Int64)', 'Interval(MonthDayNano)', 'INTERVAL', 'Null', '']
  expect(classes([...others, 'Binary', 'Integral', 'Dated'])).toEqual(new Set(['other']))
})

test('text that is stored once for many rows is text', () => {
  expect(classOf('Dictionary(Int32, Utf8)')).toBe('text')
})

test('types are called as tables call them', () => {
  expect(['Int64', 'Utf8View', 'Decimal128(12, 2)', 'Date32'].map(inSql)).toEqual([
    'BIGINT',
    'VARCHAR',
    'DECIMAL(12, 2)',
    'DATE',
  ])
  expect(['Timestamp(µs)', 'Timestamp(ns, "UTC")'].map(inSql)).toEqual(['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'])
  expect(['List(Int64)', 'Interval(MonthDayNano)', 'BIGINT', ''].map(inSql)).toEqual([
    'List(Int64)',
    'Interval(MonthDayNano)',
    'BIGINT',
    '',
  ])
})
