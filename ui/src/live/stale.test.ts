import { describe, expect, it } from 'vitest'
import type { ChangeEvent } from '~/api/schema'
import { isStale } from './stale'

const at = '2026-02-03T00:00:00Z'
const run: ChangeEvent = {
  at,
  kind: 'run',
  team: 'sea',
  environment: 'prod',
  id: 'r1',
  pipeline: 'tides',
  status: 'FAILED',
}
const step: ChangeEvent = { ...run, kind: 'step', id: null, run: 'r1', step: 'load' }
const deployment: ChangeEvent = { at, kind: 'deployment', team: 'sea', environment: 'prod' }
const runKey = (id: string) => ['/api/v1/runs/{id}', { path: { id } }]
const pipelineKey = (name: string) => ['/api/v1/pipelines/{team}/{name}/why', { path: { team: 'sea', name } }]

describe('what a change makes old', () => {
  it('a run touches itself and the lists, not other runs', () => {
    expect(isStale(runKey('r1'), run)).toBe(true)
    expect(isStale(runKey('r2'), run)).toBe(false)
    expect(isStale(['/api/v1/overview'], run)).toBe(true)
    expect(isStale(['/api/v1/pipelines', { query: { search: 'x' } }, 'pages'], run)).toBe(true)
    expect(isStale(['/api/v1/tokens'], run)).toBe(false)
  })

  it('a run touches what other pipelines wait for', () => {
    expect(isStale(pipelineKey('tides'), run)).toBe(true)
    expect(isStale(pipelineKey('other'), run)).toBe(true)
  })

  it('a step touches its run, its pipeline and the overview only', () => {
    expect(isStale(runKey('r1'), step)).toBe(true)
    expect(isStale(pipelineKey('tides'), step)).toBe(true)
    expect(isStale(pipelineKey('other'), step)).toBe(false)
    expect(isStale(['/api/v1/pipelines'], step)).toBe(false)
  })

  it('a deployment touches definitions', () => {
    expect(isStale(['/api/v1/revisions/{id}/files', { path: { id: 'x' } }], deployment)).toBe(true)
    expect(isStale(['/api/v1/secrets'], deployment)).toBe(true)
    expect(isStale(['/api/v1/secrets/missing', { query: {} }], deployment)).toBe(true)
    expect(isStale(runKey('r1'), deployment)).toBe(false)
  })

  it('a publish touches the tables and publishes of its environment', () => {
    const publish: ChangeEvent = { at, kind: 'publish', team: 'sea', environment: 'prod', id: 'p1' }
    const tables = (environment: string) => ['/api/v1/lake/tables', { query: { environment } }, 'pages']
    expect(isStale(tables('prod'), publish)).toBe(true)
    expect(isStale(tables('dev'), publish)).toBe(false)
    expect(isStale(['/api/v1/lake/publishes/{id}', { path: { id: 'p1' } }], publish)).toBe(true)
    expect(isStale(['/api/v1/runs'], publish)).toBe(false)
    expect(isStale(tables('prod'), run)).toBe(false)
  })

  it('a run and its steps touch their branches, and the list of those of their environment', () => {
    const branches = (query: object) => ['/api/v1/lake/branches', { query }]
    for (const change of [run, step]) {
      expect(isStale(branches({ run: 'r1' }), change)).toBe(true)
      expect(isStale(branches({ run: 'r2' }), change)).toBe(false)
      expect(isStale(branches({ environment: 'prod' }), change)).toBe(true)
      expect(isStale(branches({ environment: 'dev' }), change)).toBe(false)
    }
    expect(isStale(branches({ environment: 'prod' }), deployment)).toBe(false)
  })

  it('leaves alone what is not of the API', () => {
    expect(isStale(['layout'], run)).toBe(false)
  })
})
