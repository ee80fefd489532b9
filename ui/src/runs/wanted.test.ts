import { expect, it } from 'vitest'
import { ZONE } from '~/kit/time'
import { datesIn, isPlausibleDay, wanted } from './wanted'

it('a search for a day is for the runs about that day, where the viewer is', () => {
  const only = { since: '2013-02-06', until: '2013-02-06', timezone: ZONE }
  expect(wanted({ search: ' 2013-02-06 ', team: 'a' })).toEqual({ team: 'a', ...only })
  expect(wanted({ search: '2013-02-06', since: '2013-02-07' })).toEqual({ ...only, since: '2013-02-07' })
  expect(wanted({ search: '2013-02-06', since: '2013-01-01', until: '2013-12-31' })).toEqual(only)
})

it('a search may name a month, and more than a date', () => {
  const weather = { search: 'air/weather', since: '2013-02-06', until: '2013-02-06', timezone: ZONE }
  expect(wanted({ search: 'air/weather 2013-02-06' })).toEqual(weather)
  expect(wanted({ search: ' 2013-02-06  air/weather' })).toEqual(weather)
  expect(wanted({ search: '2013-02' })).toEqual({ since: '2013-02-01', until: '2013-02-28', timezone: ZONE })
  expect(datesIn('2012-02 dam').until).toBe('2012-02-29')
  expect(datesIn('2013-02-06 2013-02-01')).toEqual({ text: '', since: '2013-02-01', until: '2013-02-06' })
})

it('other searches are for texts', () => {
  expect(wanted({ search: 'load 2013' })).toEqual({ search: 'load 2013' })
  expect(wanted({ search: '2013-13' })).toEqual({ search: '2013-13' })
  expect(wanted({ search: '2013-13-40' })).toEqual({ search: '2013-13-40' })
  expect(wanted({})).toEqual({})
})

it('a day at one end is enough, and what is no status is left out', () => {
  expect(wanted({ since: '2013-02-06' })).toEqual({ since: '2013-02-06', timezone: ZONE })
  expect(wanted({ until: '2013-02-06' })).toEqual({ until: '2013-02-06', timezone: ZONE })
  expect(wanted({ status: 'FAILED,GONE' })).toEqual({ status: ['FAILED'] })
})

it('a day is one that there is, in a year of four digits', () => {
  expect(['2013-02-06', '2012-02-29'].map(isPlausibleDay)).toEqual([true, true])
  const none = ['0002-02-06', '0201-02-06', '2013-02-29', '2013-02-31', '2013-13-01', '2013-02', '']
  expect(none.filter(isPlausibleDay)).toEqual([])
})
