import { describe, expect, it } from 'vitest'
import { type Known, proposalsAt, tablesIn } from './proposals'

const KNOWN: Known = {
  raw: { flights: ['dep_delay', 'origin', 'Order'], weather: ['origin', 'wind'] },
  marts: { delays: ['day'], 'Odd name': ['x'] },
  '': { loose: ['y'] },
}

/** What is proposed at the `|`. */
function at(marked: string) {
  const place = marked.indexOf('|')
  return proposalsAt(marked.replace('|', ''), place, KNOWN)
}
const labels = (marked: string, type: string) =>
  at(marked)
    ?.options.filter((option) => option.type === type)
    .map(({ label }) => label)

describe('columns', () => {
  it('are those of the tables that the statement reads, with or without other names', () => {
    expect(labels('select dep| from raw.flights', 'property')).toEqual(['dep_delay', 'origin', 'Order'])
    expect(labels('select | from raw.weather as w join MARTS.delays d on true', 'property')).toEqual([
      'origin',
      'wind',
      'day',
    ])
    expect(labels('select 1 from raw.weather, marts.delays where |', 'property')).toEqual(['origin', 'wind', 'day'])
    expect(labels('select 1 from "raw"."weather" w where w|', 'property')).toEqual(['origin', 'wind'])
  })

  it('come before all else, and stand in quotes where they have to', () => {
    const [first, , third] = at('select dep| from raw.flights')?.options ?? []
    expect(first).toMatchObject({ label: 'dep_delay', apply: 'dep_delay', detail: 'raw.flights' })
    expect(first?.boost).toBeGreaterThan(0)
    expect(third?.apply).toBe('"Order"')
  })

  it('are those of the statement that is written in, and of no text or comment', () => {
    expect(labels('select | from marts.delays; select 1 from raw.weather', 'property')).toEqual(['day'])
    expect(
      labels("select | -- from raw.weather\nfrom marts.delays where a = ' from raw.weather;'", 'property'),
    ).toEqual(['day'])
  })

  it('are not proposed within a text or a comment', () => {
    expect(at("select 'dep|' from raw.flights")).toBeUndefined()
    expect(at('select 1 from raw.flights -- dep|')).toBeUndefined()
  })

  it('are found behind the own name of a table', () => {
    expect(labels('select weather.| from raw.weather join raw.flights on true', 'property')).toEqual(['origin', 'wind'])
    expect(at('select w.| from raw.weather w')).toBeUndefined()
    expect(at('select * from raw.|')).toBeUndefined()
  })
})

describe('tables', () => {
  it('are found by their own name, and stand there with their schema', () => {
    const found = at('select * from del|')?.options
    expect(found?.every(({ type }) => type === 'class')).toBe(true)
    expect(found?.find(({ label }) => label === 'delays')).toMatchObject({ apply: 'marts.delays' })
    expect(found?.find(({ label }) => label === 'Odd name')?.apply).toBe('marts."Odd name"')
    expect(found?.find(({ label }) => label === 'loose')?.apply).toBe('loose')
  })

  it('begin where the word does', () => {
    expect(at('select * from del|')?.from).toBe(14)
    expect(at('select |')?.from).toBe(7)
  })

  it('that are not known are passed over', () => {
    expect(tablesIn('select 1 from nothing.here join raw.weather on true', KNOWN).map(({ name }) => name)).toEqual([
      'raw.weather',
    ])
  })
})
