import { expect, test } from 'vitest'
import { languageOf } from './languageOf'

test('a file is read as what its name says', () => {
  expect(languageOf('pipelines/delays.yaml')).toBe('yaml')
  expect(languageOf('load_flights.PY')).toBe('python')
  expect(languageOf('models/marts/daily.sql')).toBe('sql')
  expect(languageOf('jobs/copy/Dockerfile')).toBe('shell')
  expect(languageOf('.env')).toBe('shell')
})

test('without a name that says it, the first line does', () => {
  expect(languageOf('bin/run', '#!/usr/bin/env python3\nprint()')).toBe('python')
  expect(languageOf('bin/run', '#!/bin/sh\ntrue')).toBe('shell')
  expect(languageOf('LICENSE', 'Apache License')).toBe('text')
  expect(languageOf('dir.yaml/README')).toBe('text')
})
