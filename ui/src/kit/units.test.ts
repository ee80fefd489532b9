import { expect, test } from 'vitest'
import { bytes, counted, duration, elapsed } from './units'

test('durations have a unit, and no more digits than tell something', () => {
  expect([0, 0.0004, 0.42, 1, 9.94, 9.96, 75, 90_061].map(duration)).toEqual([
    '< 1 ms',
    '< 1 ms',
    '420 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
    '1 min 15 s',
    '1 d 1 h',
  ])
})

test('what counts up does so in whole seconds', () => {
  expect([-0.5, 0, 0.9, 3.7, 61.2].map(elapsed)).toEqual(['0 s', '0 s', '0 s', '3 s', '1 min 1 s'])
})

test('bytes and counts have units', () => {
  expect([0, 1023, 1536, 5 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '5.0 GiB'])
  expect([counted(1, 'run'), counted(336_776, 'run')]).toEqual(['1 run', '336,776 runs'])
})
