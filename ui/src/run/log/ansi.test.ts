import { describe, expect, it } from 'vitest'
import { plain, spansOf } from './ansi'

const ESC = '\u001b'
const spans = (text: string) => spansOf(text).spans

describe('colours of a terminal', () => {
  it('become spans', () => {
    expect(spans(`a ${ESC}[31mred${ESC}[0m b`)).toEqual([
      { text: 'a ', look: {} },
      { text: 'red', look: { color: 1 } },
      { text: ' b', look: {} },
    ])
    expect(spans(`${ESC}[1;4;92;41mx`)).toEqual([
      { text: 'x', look: { bold: true, underline: true, color: 10, background: 1 } },
    ])
    expect(spans(`${ESC}[1;31mx${ESC}[22;39my${ESC}[mz`).map((span) => span.look)).toEqual([
      { bold: true, color: 1 },
      { bold: undefined, faint: undefined, color: undefined },
      {},
    ])
  })

  it('may be one of 256 or of 16 million', () => {
    expect(spans(`${ESC}[38;5;9mx`)[0]?.look).toEqual({ color: 9 })
    expect(spans(`${ESC}[38;5;196mx`)[0]?.look).toEqual({ color: [255, 0, 0] })
    expect(spans(`${ESC}[38;5;244mx`)[0]?.look).toEqual({ color: [128, 128, 128] })
    expect(spans(`${ESC}[48;2;1;2;300mx`)[0]?.look).toEqual({ background: [1, 2, 255] })
    expect(spans(`${ESC}[38;2;1;2;3;1mx`)[0]?.look).toEqual({ color: [1, 2, 3], bold: true })
  })

  it('that are broken or unknown are dropped and do no harm', () => {
    for (const sequence of [
      '[2J',
      '[10;20H',
      '[?25l',
      ']0;title\u0007',
      `]8;;http://evil${ESC}\\`,
      '[38;5;999m',
      '[38;9m',
      '[xm',
      'c',
      '(B',
    ]) {
      expect(plain(`a${ESC}${sequence}b`).replace('m', ''), sequence).toMatch(/^ax?b$/)
    }
    expect(spans(`a${ESC}`)).toEqual([{ text: 'a', look: {} }])
    expect(spans(`a${ESC}[31`)[0]?.text).toBe('a')
    expect(spans(`${ESC}[99999999999999999999mx`)).toEqual([{ text: 'x', look: {} }])
  })

  it('leave everything else as it is', () => {
    const hostile = '<img src=x onerror=alert(1)>&amp; {{7*7}} \t 日本'
    expect(spans(hostile)).toEqual([{ text: hostile, look: {} }])
    expect(plain('a\u0000\rb\u007f')).toBe('a␀␍b␡')
    expect(plain('\u202egnp.exe')).toBe('<U+202E>gnp.exe')
  })

  it('are read no further than is shown', () => {
    const { spans, rest } = spansOf(`${ESC}[31m${'x'.repeat(30)}${ESC}[0m${'y'.repeat(70)}`, 50)
    expect(spans.map((span) => span.text.length)).toEqual([30, 20])
    expect(rest).toBe(50)
  })

  it('do not take long in a line made to take long', () => {
    const started = performance.now()
    spansOf(`${ESC}]`.repeat(30_000))
    spansOf(`${ESC}[${';'.repeat(60_000)}`)
    spansOf(`${ESC}[${';'.repeat(60_000)}m`)
    spansOf(ESC.repeat(60_000))
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
