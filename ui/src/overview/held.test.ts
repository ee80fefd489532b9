import { expect, it } from 'vitest'
import type { HeldBack } from '~/api/schema'
import { plain } from '~/runs/parts'
import { sayHeld } from './HeldList'

const held: HeldBack = { team: 'air', pipeline: 'delays', by: 'sky/weather', day: '2026-02-03', mending: false }

it('says what it waits for, and of what one may not see no more than the name', () => {
  expect(plain(sayHeld(held, true))).toBe('Waits for sky/weather for 2026-02-03, which failed')
  expect(plain(sayHeld({ ...held, day: null, mending: true }, true))).toBe(
    'Waits for sky/weather, which failed and runs again',
  )
  expect(sayHeld(held, false)).toEqual(['Waits for ', 'sky/weather', ' for 2026-02-03', ', of another team'])
})
