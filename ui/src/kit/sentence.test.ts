import { expect, test } from 'vitest'
import { sentence } from './sentence'

test('a message begins with a capital, a name stays as it is', () => {
  expect(sentence('there is no pipeline lake/no-such in prod')).toBe('There is no pipeline lake/no-such in prod')
  expect(sentence('step look: exit code 3')).toBe('Step look: exit code 3')
  expect(sentence('hourly runs already: run 1')).toBe('hourly runs already: run 1')
  expect(sentence('the-other is paused')).toBe('the-other is paused')
  expect(sentence('there is no step `load` in `a/b`')).toBe('There is no step “load” in “a/b”')
})
