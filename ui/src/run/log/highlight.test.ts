import { describe, expect, it } from 'vitest'
import { spansOf } from './ansi'
import { highlighted } from './highlight'

const pieces = (text: string, wanted: string) =>
  highlighted(spansOf(text).spans, wanted).map(({ text, found }) => (found ? `[${text}]` : text))

describe('what is looked for', () => {
  it('is marked wherever it stands, in capitals or not', () => {
    expect(pieces('Error: no error', 'ERROR')).toEqual(['[Error]', ': no ', '[error]'])
    expect(pieces('nothing', 'x')).toEqual(['nothing'])
    expect(pieces('aaaa', 'aa')).toEqual(['[aa]', '[aa]'])
    expect(pieces('text', '')).toEqual(['text'])
  })

  it('is marked across colours', () => {
    expect(pieces('\u001b[31mer\u001b[32mror\u001b[0m!', 'error')).toEqual(['[er]', '[ror]', '!'])
  })

  it('keeps its place where capitals are longer than small letters', () => {
    expect(pieces('İİ error', 'error')).toEqual(['İİ ', '[error]'])
  })

  it('is a text and no pattern', () => {
    expect(pieces('a.c abc', 'a.c')).toEqual(['[a.c]', ' abc'])
  })
})
