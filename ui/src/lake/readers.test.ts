import { expect, test } from 'vitest'
import type { PublishView } from '~/api/schema'
import { readers } from './readers'

const publish = (id: string, step: string, tables: string[]): PublishView => ({
  id,
  state: 'DONE',
  environment: 'prod',
  run: { id: `run-${id}`, team: 'shop', pipeline: 'load', step, logical_at: '2026-02-03T00:00:00Z' },
  created_by: `shop/load ${step}`,
  created_at: '2026-02-03T00:00:00Z',
  tables: tables.map((name) => ({ name, version: 1, rows: 1, bytes: 1 })),
  reads: ['raw.orders'],
})

test('a step reads a table once, however often it ran', () => {
  const found = readers(
    [
      publish('3', 'days', ['marts.b']),
      publish('2', 'days', ['marts.a', 'marts.b']),
      publish('1', 'x', ['c', 'Raw.orders']),
      publish('0', 'own', ['raw.orders']),
    ],
    'raw.orders',
  )
  expect(found.map((reader) => [reader.publish.id, reader.tables])).toEqual([
    ['3', ['marts.a', 'marts.b']],
    ['1', ['c']],
  ])
})
