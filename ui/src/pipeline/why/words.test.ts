import { expect, test } from 'vitest'
import type { ExpressionView, RunSummary, UsedEvent, Waiting, Why } from '~/api/schema'
import { countOfMet, heading, missing, sentences, statusesInWords, verdict } from './words'

const is = (name: string, met: boolean, more = {}): ExpressionView => ({
  kind: 'is',
  met,
  team: 'weather',
  pipeline: name,
  statuses: ['SUCCEEDED'],
  exists: true,
  ...more,
})
const quiet: Why = {
  team: 'punctuality',
  pipeline: 'delays',
  environment: 'prod',
  paused: false,
  triggers: [],
  queued: [],
  active: [],
}

test('only what is missing is named', () => {
  const either: ExpressionView = { kind: 'any', met: false, parts: [is('b', false), is('c', false)] }
  expect(missing({ kind: 'all', met: false, parts: [is('a', true), is('d', false)] })).toBe('weather/d')
  expect(missing({ kind: 'all', met: false, parts: [is('a', false), either] })).toBe(
    'weather/a and either weather/b or weather/c',
  )
  expect(missing(is('a', true))).toBe('')
  expect(missing(is('a', false, { exists: false }))).toBe('weather/a (not deployed)')
  expect(missing(is('a', false, { statuses: ['FAILED', 'TIMED_OUT'] }))).toBe('weather/a (failed or timed out)')
})

test('statuses read as deeds', () => {
  expect(statusesInWords(['RUNNING'])).toBe('started')
  expect(statusesInWords(['SUCCEEDED', 'FAILED', 'ABORTED'])).toBe('succeeded, failed or aborted')
})

test('each day that something is missing of gets a sentence', () => {
  const waiting = [{ day: '2013-01-03', expression: is('weather', false) }]
  const trigger = {
    kind: 'executions',
    id: '1',
    timezone: 'UTC',
    within: 'day',
    waiting,
    fired: [],
    skipped: [],
  } as const
  expect(sentences({ ...quiet, triggers: [{ ...trigger, waiting, fired: [], skipped: [] }] })).toEqual([
    'For 2013-01-03 it still waits for weather/weather.',
  ])
})

test('days that wait for the same are one sentence', () => {
  const waiting = ['2013-01-05', '2013-01-04', '2013-01-03', '2013-01-01'].map((day) => ({
    day,
    expression: is('weather', false),
  }))
  const trigger = { kind: 'executions', id: '1', timezone: 'UTC', within: 'day', fired: [], skipped: [] } as const
  const said = (days: number) =>
    sentences({ ...quiet, triggers: [{ ...trigger, waiting: waiting.slice(0, days), fired: [], skipped: [] }] })
  expect(said(2)).toEqual(['For 2013-01-04 and 2013-01-05 it still waits for weather/weather.'])
  expect(said(4)).toEqual(['For 4 days, 2013-01-01 to 2013-01-05, it still waits for weather/weather.'])
})

test('what is paused says so', () => {
  expect(sentences({ ...quiet, paused: true, triggers: [{ kind: 'webhook', url: '' }] })).toEqual([
    'It is paused: nothing starts it until somebody resumes it.',
  ])
})

const RAN = { reason: { kind: 'manual', by: 'ann' } } as unknown as RunSummary
const after = (waiting: Waiting[], more: Partial<Why> = {}): Why => ({
  ...quiet,
  ...more,
  triggers: [{ kind: 'executions', id: '1', timezone: 'UTC', within: 'day', waiting, fired: [], skipped: [] }],
})

test('what has run for all that is there waits for what comes next', () => {
  const next = after([{ expression: is('weather', false) }], { last_run: RAN })
  expect([heading(next), sentences(next)]).toEqual([
    'What it waits for next',
    ['For the next day it waits for weather/weather.'],
  ])
  const never = after([{ expression: is('weather', false) }])
  expect([heading(never), sentences(never)]).toEqual(['Why has it not run?', ['It still waits for weather/weather.']])
  const oneDay = after([{ day: '2013-01-03', expression: is('weather', false) }], { last_run: RAN })
  expect(heading(oneDay)).toBe('Why has it not run for 2013-01-03?')
  expect(heading({ ...oneDay, paused: true })).toBe('Why has it not run?')
  expect(heading(after([]))).toBe('What starts it')
})

test('a verdict says for when', () => {
  const used = { events: [{ team: 'weather', pipeline: 'a' }] as UsedEvent[], days: [], timezone: 'UTC' }
  const a = { met: false, statuses: ['SUCCEEDED'], team: 'weather', pipeline: 'a' }
  expect(verdict({ ...a, met: true }, { day: '2013-01-03', used })).toBe('has succeeded')
  expect(verdict(a, { day: '2013-01-03', used })).toBe('has not succeeded for 2013-01-03 yet')
  expect(verdict(a, { day: null, used })).toBe('has not succeeded again yet')
  expect(verdict({ ...a, pipeline: 'b' }, { day: null, used })).toBe('has not succeeded yet')
})

test('what is met is counted where there is more than one', () => {
  expect(countOfMet([is('a', true), is('b', false)])).toBe('1 of 2 so far')
  expect(countOfMet([is('a', false), is('b', false)])).toBe('none so far')
  expect(countOfMet([is('a', true)])).toBe('')
})
