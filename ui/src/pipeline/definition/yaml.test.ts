import { expect, test } from 'vitest'
import { toYaml } from './yaml'

test('maps and lists nest as people write them', () => {
  const value = {
    name: 'delays',
    steps: [{ name: 'build', needs: ['load'], retries: { limit: 3 } }],
    labels: {},
    none: [],
  }
  expect(toYaml(value)).toBe(
    'name: delays\nsteps:\n  - name: build\n    needs:\n      - load\n    retries:\n      limit: 3\nlabels: {}\nnone: []\n',
  )
})

test('what would be read as something else stands in quotes', () => {
  expect(
    toYaml(['0 3 * * *', 'yes', '12', 'a: b', '', 'python load.py {{ run.date }}', '{{ x }}', 3, true, null]),
  ).toBe(
    '- "0 3 * * *"\n- "yes"\n- "12"\n- "a: b"\n- ""\n- python load.py {{ run.date }}\n- "{{ x }}"\n- 3\n- true\n- null\n',
  )
})

test('texts of several lines keep them', () => {
  expect(toYaml({ run: 'set -e\n\nmake\n' })).toBe('run: |\n  set -e\n\n  make\n')
})
