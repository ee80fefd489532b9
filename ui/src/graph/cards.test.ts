import { expect, test } from 'vitest'
import type { GraphNode, Overview } from '~/api/schema'
import { statusOf, tintsOf, withBehind } from './cards'

const node = (more: Partial<GraphNode>): GraphNode => ({
  team: 'lake',
  name: 'slow',
  exists: true,
  paused: false,
  job: false,
  broken: false,
  active: 0,
  ...more,
})

test('what it does now goes before how it ended', () => {
  expect(statusOf(node({ active: 1, last_status: 'RUNNING', broken: true }))).toBe('RUNNING')
  expect(statusOf(node({ active: 1, last_status: 'SUCCEEDED' })), 'an earlier one still runs').toBe('RUNNING')
  expect(statusOf(node({ last_status: 'ABORTED' }))).toBe('ABORTED')
  expect(statusOf(node({}))).toBeUndefined()
})

test('a run that is queued waits for one that runs, if there is another', () => {
  expect(statusOf(node({ active: 2, last_status: 'QUEUED' }))).toBe('RUNNING')
  expect(statusOf(node({ active: 1, last_status: 'QUEUED' }))).toBe('QUEUED')
})

test('an older date that is not mended is a failure after all', () => {
  expect(statusOf(node({ broken: true, last_status: 'SUCCEEDED' }))).toBe('FAILED')
})

test('what is held back is not well because its last run was', () => {
  expect(statusOf({ ...node({ last_status: 'SUCCEEDED' }), behind: 'HELD_BACK' })).toBe('HELD_BACK')
  expect(statusOf({ ...node({}), behind: 'LATE' })).toBe('LATE')
  expect(statusOf({ ...node({ last_status: 'FAILED' }), behind: 'HELD_BACK' })).toBe('FAILED')
  expect(statusOf({ ...node({ active: 1, last_status: 'RUNNING' }), behind: 'HELD_BACK' })).toBe('RUNNING')
})

test('a graph of which nothing is held back stays as it is', () => {
  const graph = { environment: 'prod', nodes: [node({})], edges: [] }
  expect(withBehind(graph, undefined)).toBe(graph)
  const held = { team: 'lake', pipeline: 'slow', by: 'lake/fast', mending: false }
  const overview = { held_back: [held], late: [] } as unknown as Overview
  expect(withBehind(graph, overview).nodes).toEqual([{ ...node({}), behind: 'HELD_BACK' }])
})

test('a team keeps its colour when others come, and no two have the same', () => {
  const of = (...teams: string[]) => tintsOf({ nodes: teams.map((team) => node({ team })) })
  const few = of('operations', 'punctuality')
  const more = of('meteorology', 'operations', 'punctuality', 'weather')
  for (const team of few.keys()) expect(more.get(team)).toBe(few.get(team))
  const many = of(...Array.from({ length: 30 }, (_, at) => `team-${at}`))
  expect(new Set(many.values()).size).toBe(30)
  expect(of('alone').size).toBe(0)
})
