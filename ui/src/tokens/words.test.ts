import { describe, expect, it } from 'vitest'
import { inWords } from '~/session/words'
import { ALL_TEAMS, endOf, grantOf, stateOf } from './words'

const now = Date.parse('2026-02-03T00:00:00Z')

describe('tokens in words', () => {
  it('says whose role it is', () => {
    expect(inWords({ role: 'operator', team: 'sea' })).toBe('operator of sea')
    expect(inWords({ role: 'admin' })).toBe('admin of all teams')
  })

  it('knows which tokens still open something', () => {
    expect(stateOf({ revoked_at: null, expires_at: null }, now)).toBe('valid')
    expect(stateOf({ revoked_at: null, expires_at: '2026-02-03T00:00:00Z' }, now)).toBe('expired')
    expect(stateOf({ revoked_at: '2026-02-01T00:00:00Z', expires_at: null }, now)).toBe('revoked')
  })

  it('gives all teams only where that was chosen, and always to agents', () => {
    expect(grantOf({ role: 'viewer', team: ALL_TEAMS })).toEqual({ role: 'viewer' })
    expect(grantOf({ role: 'viewer', team: ' sea ' })).toEqual({ role: 'viewer', team: 'sea' })
    expect(grantOf({ role: 'viewer', team: '' })).toEqual({ role: 'viewer', team: '' })
    expect(grantOf({ role: 'agent', team: 'sea' })).toEqual({ role: 'agent' })
  })

  it('ends a token after its life', () => {
    expect(endOf('7', now)).toBe('2026-02-10T00:00:00.000Z')
    expect(endOf('never', now)).toBeUndefined()
  })
})
