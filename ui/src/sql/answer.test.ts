import { describe, expect, it } from 'vitest'
import { type Cell, inOneLine, lineOf, parseAnswer, tabbed, textOf } from './answer'

const rowsOf = (rows: string) => parseAnswer(`{"columns":[],"rows":${rows},"truncated":false}`).rows

describe('an answer', () => {
  it('has numbers as the server wrote them', () => {
    const [row] = rowsOf('[[9007199254740993,10.50,3.0,1e3,-0.5,7,123456789012345678.10]]')
    expect(row?.map(lineOf)).toEqual(['9007199254740993', '10.50', '3.0', '1e3', '-0.5', '7', '123456789012345678.10'])
    expect(row?.[4]).toBe(-0.5)
  })

  it('leaves texts alone, whatever is in them', () => {
    const texts = ['10.50', 'say "9007199254740993"', '\\', 'a\nb', '', '<img onerror=1>']
    expect(rowsOf(JSON.stringify([texts]))).toEqual([texts])
  })

  it('tells null, nothing and texts apart', () => {
    expect(rowsOf('[[null,"",true,[1.10],{"a":null}]]')).toEqual([[null, '', true, ['1.10'], { a: null }]])
  })

  it('does not stumble over a text of megabytes', () => {
    const long = '1.50 \\" '.repeat(500_000)
    expect(rowsOf(JSON.stringify([[long]]))[0]?.[0]).toBe(long)
  })
})

describe('a value in its cell', () => {
  it('has a mark where a line ends', () => {
    expect(['a\nb', 'a\r\nb\n', 'plain'].map(inOneLine)).toEqual(['a⏎b', 'a⏎b⏎', 'plain'])
  })
})

describe('what is copied', () => {
  const row: Cell[] = ['a', null, '', 'tab\there', 'two\nlines', 'a "word"', 1, true, { a: [1] }]

  it('is what a spreadsheet takes as one row', () => {
    expect(tabbed(row)).toBe('a\t\t\t"tab\there"\t"two\nlines"\t"a ""word"""\t1\ttrue\t"{""a"":[1]}"')
  })

  it('is the value alone, if it is a cell', () => {
    expect(row.map(textOf)).toEqual([
      'a',
      '',
      '',
      'tab\there',
      'two\nlines',
      'a "word"',
      '1',
      'true',
      '{\n  "a": [\n    1\n  ]\n}',
    ])
  })
})
