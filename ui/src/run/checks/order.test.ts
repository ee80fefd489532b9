import { describe, expect, it } from 'vitest'
import type { CheckStatus, StepChecks } from '~/api/schema'
import { linesOf, matching, verdictOf } from './order'

const common = (status: CheckStatus) => ({ file: 'a.sql', status, began_after_milliseconds: 0, milliseconds: 1500 })
const model = (name: string, status: CheckStatus) => ({
  ...common(status),
  name,
  table: `marts.${name}`,
  kind: 'table' as const,
})
const test = (name: string, status: CheckStatus) => ({ ...common(status), name, of: ['days'], severity: 'error' })

const checks = (models: StepChecks['models'], tests: StepChecks['tests']): StepChecks => ({ epoch: 1, models, tests })

describe('models and tests of a step', () => {
  it('what did not pass comes first, else in the order in which it ended', () => {
    const of = checks(
      [model('a', 'passed'), model('b', 'skipped'), model('c', 'passed')],
      [test('t', 'warned'), test('u', 'failed'), test('v', 'broken')],
    )
    expect(linesOf(of).map(({ name }) => name)).toEqual(['v', 'u', 't', 'marts.b', 'marts.a', 'marts.c'])
  })

  it('are found by name, file and the models that a test reads', () => {
    const lines = linesOf(checks([model('days', 'passed')], [test('unique_id', 'passed')]))
    expect(matching(lines, ' DAYS ').map(({ name }) => name)).toEqual(['marts.days', 'unique_id'])
    expect(matching(lines, 'unique').map(({ name }) => name)).toEqual(['unique_id'])
  })

  it('their verdict says whether the gate is shut', () => {
    const said = (of: StepChecks, ended = true) => verdictOf(linesOf(of), ended, 'check')
    expect(said(checks([model('a', 'passed')], [test('t', 'failed'), test('u', 'skipped')]))).toBe(
      'The gate is shut: 1 test failed, 1 was left out. Step check published nothing.',
    )
    expect(said(checks([model('a', 'broken')], []))).toBe(
      'The gate is shut: 1 model could not be built. Step check published nothing.',
    )
    expect(said(checks([model('a', 'passed')], [test('t', 'passed'), test('u', 'warned')]))).toBe(
      '1 model built and 1 test passed, 1 test warned.',
    )
    expect(said(checks([model('a', 'passed')], []), false)).toBe('So far: 1 model built.')
  })
})
