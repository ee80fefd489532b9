import { expect, test } from 'vitest'
import type { ExpressionView, Why } from '~/api/schema'
import { missing, sentences, statusesInWords } from './words'

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
