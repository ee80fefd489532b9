import { expect, test } from 'vitest'
import { effective } from './effective'

test('durations read as in files, and what is not set is left out', () => {
  const definition = {
    owner: null,
    labels: {},
    timeout: { secs: 7200, nanos: 0 },
    steps: [{ name: 'load', needs: [], retries: { limit: 0, backoff: { secs: 90, nanos: 0 } }, timeout: null }],
  }
  expect(effective(definition)).toEqual({
    timeout: '2h',
    steps: [{ name: 'load', retries: { limit: 0, backoff: '90s' } }],
  })
})
