import { expect, test } from 'vitest'
import { ago, logicalDate, upcoming } from './time'

const now = new Date('2026-12-31T12:00:00Z').getTime()

test('what comes this year needs no year, what comes in another has it', () => {
  expect(upcoming('2026-12-31T13:00:00Z', now)).toBe('today 13:00')
  expect(upcoming('2027-01-01T03:00:00Z', now)).toBe('tomorrow 03:00')
  expect(upcoming('2026-12-30T03:00:00Z', now)).toBe('yesterday 03:00')
  expect(upcoming('2026-12-24T03:00:00Z', now)).toBe('Thu 24 Dec 03:00')
  expect(upcoming('2027-01-02T03:00:00Z', now)).toBe('2 Jan 2027 03:00')
  expect(upcoming('2025-12-31T03:00:00Z', now)).toBe('31 Dec 2025 03:00')
})

test('a date that a run is about is a day, or an instant in the zone of the viewer', () => {
  const logical_at = '2026-12-31T23:30:00Z'
  expect(logicalDate({ logical_day: '2013-01-03', logical_at })).toBe('2013-01-03')
  expect(logicalDate({ logical_day: null, logical_at })).toBe('2026-12-31 23:30')
  expect(inZone('Asia/Tokyo', () => logicalDate({ logical_at }))).toBe('2027-01-01 08:30')
})

test('a clock that is a little behind does not make something come that has happened', () => {
  expect(ago('2026-12-31T12:00:30Z', now)).toBe('just now')
  expect(ago('2026-12-31T12:05:00Z', now)).toBe('in 5 min.')
})

function inZone<T>(zone: string, does: () => T): T {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    return does()
  } finally {
    process.env.TZ = before
  }
}
