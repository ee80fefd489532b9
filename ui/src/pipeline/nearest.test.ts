import { expect, it } from 'vitest'
import { distance, nearest } from './nearest'

it('counts letters that differ', () => {
  expect([distance('weather', 'weather'), distance('wether', 'weather'), distance('', 'abc')]).toEqual([0, 1, 3])
  expect(distance('delays', 'dealys')).toBe(2)
})

it('names what is alike, and the same name of another team', () => {
  const there = [
    { team: 'meteorology', name: 'weather' },
    { team: 'operations', name: 'flights' },
    { team: 'sea', name: 'weather-daily' },
  ]
  const names = (team: string, name: string) => nearest(there, { team, name }).map((one) => `${one.team}/${one.name}`)
  expect(names('meteorology', 'wether')).toEqual(['meteorology/weather'])
  expect(names('operations', 'weather')).toEqual(['meteorology/weather', 'sea/weather-daily'])
  expect(names('operations', 'xyz')).toEqual([])
})
