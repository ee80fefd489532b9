import { describe, expect, it } from 'vitest'
import { fromField, toField } from './instants'

describe('instants in fields', () => {
  it('come back as they went, to the minute', () => {
    for (const instant of ['2026-02-03T10:30:00Z', '2026-07-31T23:59:00Z'])
      expect(fromField(toField(instant))).toBe(instant)
  })

  it('are left out where they are none', () => {
    expect(toField('yesterday')).toBe('')
    expect(toField('')).toBe('')
    expect(fromField('')).toBe('')
  })
})
