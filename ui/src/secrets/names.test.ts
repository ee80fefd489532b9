import { expect, test } from 'vitest'
import { askedBy, partsOf, settingPath } from './names'

const missing = (name: string, ...used_by: string[]) => ({ team: 'canal', environment: 'prod', name, used_by })

test('a pipeline is told of what it asks for itself', () => {
  const code = missing('code', 'canal/lock', 'canal/bridge')
  const horn = missing('horn', 'canal/lock-keeper')
  expect(askedBy('canal/lock', [code, horn])).toEqual([code])
  expect(askedBy('canal/loc', [code, horn])).toEqual([])
})

test('a link to set a secret carries its whole name', () => {
  const set = new URLSearchParams(settingPath({ team: 'canal', name: 'a.b&c' }).split('?')[1]).get('set') ?? ''
  expect(partsOf(set)).toEqual({ team: 'canal', name: 'a.b&c' })
})

test('an address with half a name fills in that half', () => {
  expect(partsOf('code')).toEqual({ team: '', name: 'code' })
  expect(partsOf('canal/')).toEqual({ team: 'canal', name: '' })
})
