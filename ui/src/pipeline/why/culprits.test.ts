import { expect, test } from 'vitest'
import type { ExpressionView, Why } from '~/api/schema'
import { culpritsOf } from './culprits'

const is = (pipeline: string, met: boolean, statuses = ['SUCCEEDED'], exists = true) =>
  ({ kind: 'is', met, team: 'sea', pipeline, statuses, exists }) as ExpressionView

test('suspects are those that are waited for, by day', () => {
  const all = [is('a', true), is('b', false), is('c', false, ['FAILED']), is('gone', false, ['SUCCEEDED'], false)]
  const waiting = [
    { day: '2026-02-03', expression: { kind: 'all', met: false, parts: all } },
    { day: null, expression: is('d', false) },
  ]
  const why = { triggers: [{ kind: 'executions', waiting }, { kind: 'manual' }] } as unknown as Why
  expect(culpritsOf(why)).toEqual([
    { team: 'sea', pipeline: 'b', day: '2026-02-03' },
    { team: 'sea', pipeline: 'd', day: null },
  ])
})
