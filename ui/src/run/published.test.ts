import { expect, test } from 'vitest'
import type { PublishView, StepStatus } from '~/api/schema'
import { publishedBy, unpublished } from './published'

const publish = (step: string, tables: string[], more: Partial<PublishView> = {}): PublishView => ({
  id: 'p',
  state: 'DONE',
  environment: 'prod',
  run: { id: 'r', team: 'shop', pipeline: 'load', step, logical_at: '2026-02-03T00:00:00Z' },
  created_by: `shop/load ${step}`,
  created_at: '2026-02-03T00:00:00Z',
  tables: tables.map((name) => ({ name, version: 1, rows: 1, bytes: 1 })),
  reads: [],
  ...more,
})

test('what other steps have published is told, if readers see it', () => {
  const done = publishedBy([
    publish('load', ['raw.weather', 'raw.flights']),
    publish('load', ['raw.weather']),
    publish('gone', ['raw.x'], { state: 'UNDONE' }),
    publish('back', ['raw.y'], { rolled_back_by: 'q' }),
  ])
  expect([...done]).toEqual([['load', ['raw.flights', 'raw.weather']]])
})

test('a step that failed published nothing', () => {
  const step = (name: string, status: StepStatus) => ({ name, status })
  const steps = [step('load', 'SUCCEEDED'), step('check', 'FAILED'), step('late', 'SKIPPED')]
  expect(unpublished(steps, new Map([['load', ['raw.weather']]]))).toEqual(['check'])
})
