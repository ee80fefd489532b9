import { describe, expect, it } from 'vitest'
import { checkedBytes, checkedText, LONGEST } from './value'

const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer

describe('values of secrets', () => {
  it('are what was typed, with spaces and line breaks', () => {
    expect(checkedText(' a\nb\n')).toEqual({ value: ' a\nb\n' })
  })

  it('lose the one line break that editors put at the end of a file', () => {
    expect(checkedBytes(bytes('key\nmore\n\n'))).toEqual({ value: 'key\nmore\n' })
    expect(checkedBytes(bytes('key\r\n'))).toEqual({ value: 'key' })
  })

  it('are refused where the server would refuse them', () => {
    expect(checkedText('')).toHaveProperty('mistake')
    expect(checkedText('a\0b')).toHaveProperty('mistake')
    expect(checkedText('é'.repeat(LONGEST / 2))).toHaveProperty('value')
    expect(checkedText('é'.repeat(LONGEST / 2 + 1))).toHaveProperty('mistake')
    expect(checkedBytes(bytes('\n'))).toHaveProperty('mistake')
    expect(checkedBytes(new Uint8Array([0xff, 0xfe]).buffer)).toEqual({ mistake: expect.stringContaining('not text') })
  })
})
