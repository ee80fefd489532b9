import { expect, test } from 'vitest'
import type { Parameter } from '../definition'
import { firstValues, labelsOf, logicalDateOf, newKey, sortMistakes, valuesToSend } from './fields'

const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  name,
  type: 'string',
  description: null,
  default: null,
  choices: [],
  ...more,
})

const PARAMETERS = [
  parameter('country', { default: 'DE', choices: ['DE', 'AT'] }),
  parameter('limit', { type: 'integer', default: 10 }),
  parameter('full', { type: 'boolean', default: false }),
  parameter('day', { type: 'date' }),
]

test('the form begins with the defaults', () => {
  expect(firstValues(PARAMETERS)).toEqual({ country: 'DE', limit: '10', full: 'false', day: '' })
})

test('only what differs from the defaults is sent', () => {
  expect(valuesToSend(PARAMETERS, firstValues(PARAMETERS))).toEqual({})
  const typed = { country: 'AT', limit: '10', full: 'true', day: '2013-01-03' }
  expect(valuesToSend(PARAMETERS, typed)).toEqual({ country: 'AT', full: 'true', day: '2013-01-03' })
})

test('an emptied field is an empty text, or not given', () => {
  expect(valuesToSend(PARAMETERS, { country: '', limit: '', full: '', day: '' })).toEqual({ country: '' })
})

test('mistakes go to their fields', () => {
  const mistakes = [
    { path: 'parameters.day', message: '`day` has no default and must be given' },
    { path: 'parameters.dya', message: 'there is no parameter `dya`' },
  ]
  const { fields, others } = sortMistakes(mistakes, PARAMETERS)
  expect(Object.keys(fields)).toEqual(['day'])
  expect(others).toEqual([mistakes[1]])
})

test('labels are a line each, and values may have an equals sign', () => {
  expect(labelsOf('ticket = OPS-1\n\nquery=a=b\nurgent')).toEqual({ ticket: 'OPS-1', query: 'a=b', urgent: '' })
})

test('a logical date is a day or an instant', () => {
  expect(logicalDateOf({ kind: 'now', day: '2013-01-03', instant: '' })).toBeUndefined()
  expect(logicalDateOf({ kind: 'day', day: '2013-01-03', instant: '' })).toBe('2013-01-03')
  const instant = logicalDateOf({ kind: 'instant', day: '', instant: '2013-01-03T05:00' })
  expect(instant).toBe(new Date('2013-01-03T05:00').toISOString())
})

test('keys differ', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/)
  expect(newKey()).not.toBe(newKey())
})
