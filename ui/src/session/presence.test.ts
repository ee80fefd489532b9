import { expect, it } from 'vitest'
import { Presence } from './presence'

it('a page counts as used once after somebody has touched it', () => {
  const presence = new Presence(10)
  expect(presence.isAlone(), 'it was just opened').toBe(false)
  presence.count(20)
  expect(presence.isAlone()).toBe(true)
  presence.touch(30)
  expect(presence.isAlone()).toBe(false)
  presence.count(30)
  expect(presence.isAlone(), 'in the same moment').toBe(true)
})

it('who does nothing that is asked of the server is noted now and then', () => {
  const presence = new Presence(0)
  presence.count(100)
  expect([presence.isDue(149, 50), presence.isDue(150, 50)]).toEqual([false, true])
  presence.ask(150)
  expect([presence.isDue(199, 50), presence.isDue(200, 50)]).toEqual([false, true])
})

it('what was touched while the answer was on its way counts again', () => {
  const presence = new Presence(10)
  presence.touch(25)
  presence.count(20)
  expect(presence.isAlone()).toBe(false)
  presence.count(15)
  expect(presence.isAlone(), 'answers may overtake each other').toBe(false)
})
