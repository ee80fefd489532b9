import { describe, expect, it } from 'vitest'
import { detailOf, nameOfObject, pageOfObject, pageOfValue, runOf, textOf } from './references'

const id = '0192f0c1-2b3c-7d4e-8f50-123456789abc'
const entry = { action: 'run.start', object: 'sea/tides', team: 'sea', detail: {} }

describe('what the audit log speaks of', () => {
  it('leads to pipelines, revisions, secrets and tokens', () => {
    expect(pageOfObject(entry)).toBe('/pipelines/sea/tides')
    const deployed = { ...entry, action: 'project.deploy', object: 'sea/maps', detail: { revision: id, number: 3 } }
    expect(pageOfObject(deployed)).toBe(`/deployments/${id}`)
    expect(pageOfObject({ ...entry, action: 'secret.set', object: 'key' })).toBe('/secrets?search=sea%2Fkey')
    expect(pageOfObject({ ...entry, action: 'token.create', object: 'a b' })).toBe('/tokens?search=a%20b')
  })

  it('calls publishes by the ends of their ids, and leads to both of a roll-back', () => {
    const rolledBack = {
      ...entry,
      action: 'lake.rollback',
      object: `publish ${id}`,
      team: null,
      detail: { publish: id },
    }
    expect(nameOfObject(rolledBack)).toBe('publish 56789abc')
    expect(pageOfObject(rolledBack)).toBe(`/lake/publishes/${id}`)
    expect(pageOfValue('publish', id)).toBe(`/lake/publishes/${id}`)
    expect(nameOfObject({ ...rolledBack, object: 'something else' })).toBe('something else')
    expect(nameOfObject({ ...entry, action: 'secret.set', object: 'key' })).toBe('sea/key')
  })

  it('leads nowhere where it is not sure', () => {
    expect(pageOfObject({ ...entry, action: 'server.backup', object: 'database' })).toBeUndefined()
    expect(pageOfObject({ ...entry, object: '../../x' })).toBeUndefined()
    expect(pageOfObject({ ...entry, action: 'project.deploy' })).toBeUndefined()
    expect(pageOfValue('run', 'javascript:alert(1)')).toBeUndefined()
    expect(pageOfValue('token', id)).toBeUndefined()
  })

  it('knows the run, and its date where that is said', () => {
    expect(runOf({ ...entry, detail: { run: id, date: '2026-02-03' } })).toEqual({ run: id, date: '2026-02-03' })
    expect(runOf({ ...entry, detail: { run: id } })).toEqual({ run: id, date: undefined })
    expect(runOf({ ...entry, action: 'pipeline.pause', detail: { run: id } })).toBeUndefined()
    expect(runOf({ ...entry, detail: { run: '../x' } })).toBeUndefined()
  })

  it('reads details of any shape', () => {
    expect(pageOfValue('of', id)).toBe(`/runs/${id}`)
    expect(pageOfValue('rolled_back_to', null)).toBeUndefined()
    expect(detailOf({ detail: null })).toEqual([])
    expect(textOf({ from: 'failed' })).toBe('{"from":"failed"}')
  })
})
