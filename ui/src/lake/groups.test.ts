import { expect, test } from 'vitest'
import type { LakeTable } from '~/api/schema'
import { grouped, keyOf } from './groups'

const table = (name: string): LakeTable => ({
  name,
  version: 0,
  publish: 'p',
  published_at: '2026-02-03T00:00:00Z',
  created_by: 'me',
})

test('tables stand under their schemas, whatever the case of those', () => {
  const lines = grouped(['marts.a', 'marts.b', 'Raw.a', 'raw.b'].map(table))
  expect(lines.map(keyOf)).toEqual(['marts.', 'marts.a', 'marts.b', 'Raw.', 'Raw.a', 'raw.b'])
  expect(grouped([])).toEqual([])
})
