import { expect, it } from 'vitest'
import { legible } from './legible'

it('leaves the words of a line, and nothing that is meant for terminals', () => {
  expect(legible('\u001b[1;31mno such table\u001b[0m: flights')).toBe('no such table: flights')
  expect(legible('\u001b]8;;http://sea\u0007link\u001b]8;;\u0007')).toBe('link')
  expect(legible('10 %\r50 %\r100 %\r')).toBe('100 %')
  expect(legible('a\u0000b\tc <b>&')).toBe('ab\tc <b>&')
})
