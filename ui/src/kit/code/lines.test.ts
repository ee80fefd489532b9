import { Chunk } from '@codemirror/merge'
import { Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { changedLines } from './lines'

const between = (before: string, after: string) => {
  const [old, now] = [Text.of(before.split('\n')), Text.of(after.split('\n'))]
  return changedLines(Chunk.build(old, now), old, now)
}

test('lines that came and went are counted', () => {
  expect(between('a\nb\nc', 'a\nb\nc')).toEqual({ added: 0, removed: 0 })
  expect(between('a\nb\nc', 'a\nx\nc')).toEqual({ added: 1, removed: 1 })
  expect(between('a\nb\n', 'a\nb\nc\nd\n')).toEqual({ added: 2, removed: 0 })
  expect(between('a\nb\nc\n', 'a\nb\n')).toEqual({ added: 0, removed: 1 })
})
