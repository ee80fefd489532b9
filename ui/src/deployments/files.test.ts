import { expect, test } from 'vitest'
import { compareFiles, decode } from './files'

const file = (path: string, sha256: string, more = {}) => ({ path, sha256, size: 10, ...more })

test('files are added, changed, removed, or left alone', () => {
  const before = [file('polder.yaml', 'a'), file('load.py', 'b'), file('old.sql', 'c')]
  const after = [file('polder.yaml', 'a'), file('load.py', 'b2'), file('new.sql', 'd')]
  expect(compareFiles(before, after).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'changed load.py',
    'added new.sql',
    'removed old.sql',
  ])
  expect(compareFiles(before, before)).toEqual([])
})

test('the same content under another name has moved, once', () => {
  const changes = compareFiles([file('a.py', 'x')], [file('b.py', 'x'), file('c.py', 'x')])
  expect(changes.map(({ path, kind, before }) => [kind, before?.path, path])).toEqual([
    ['moved', 'a.py', 'b.py'],
    ['added', undefined, 'c.py'],
  ])
})

test('a file that can be run now has changed', () => {
  expect(compareFiles([file('run.sh', 'x')], [file('run.sh', 'x', { executable: true })])).toHaveLength(1)
  expect(compareFiles([file('run.sh', 'x')], [file('run.sh', 'x', { executable: false })])).toEqual([])
})

test('only texts are shown', () => {
  expect(decode(new TextEncoder().encode('Zürich').buffer as ArrayBuffer)).toBe('Zürich')
  expect(decode(new Uint8Array([80, 75, 0, 4]).buffer)).toBeUndefined()
  expect(decode(new Uint8Array([0xff, 0xfe, 65]).buffer)).toBeUndefined()
})
