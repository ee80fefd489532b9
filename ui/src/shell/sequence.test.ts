import { describe, expect, it, vi } from 'vitest'
import { isTyping, sequence } from './sequence'

function setUp() {
  const go = vi.fn()
  const help = vi.fn()
  return {
    go,
    help,
    press: sequence(
      new Map([
        ['g p', go],
        ['?', help],
      ]),
      1000,
    ),
  }
}

describe('sequences of keys', () => {
  it('does what two keys say', () => {
    const { go, press } = setUp()
    expect(press('g', 0)).toBe(false)
    expect(press('p', 500)).toBe(true)
    expect(go).toHaveBeenCalledOnce()
  })

  it('forgets the first key after a while, and after another', () => {
    const { go, press } = setUp()
    press('g', 0)
    press('p', 1500)
    press('g', 2000)
    press('x', 2100)
    press('p', 2200)
    expect(go).not.toHaveBeenCalled()
  })

  it('takes single keys, also after the first of two', () => {
    const { help, press } = setUp()
    press('g', 0)
    expect(press('?', 10)).toBe(true)
    expect(help).toHaveBeenCalledOnce()
  })

  it('leaves fields alone', () => {
    expect(isTyping(document.createElement('input'))).toBe(true)
    expect(isTyping(document.createElement('button'))).toBe(false)
    expect(isTyping(null)).toBe(false)
  })
})
