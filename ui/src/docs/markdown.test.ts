import { describe, expect, it } from 'vitest'
import { blocksOf, spansOf } from './markdown'

const text = (value: string) => ({ kind: 'text', text: value })

describe('the little Markdown', () => {
  it('knows paragraphs, headings, lists and code', () => {
    const page = '# TITLE\n\nOne\ntwo `x`.\n\n- a\n  b\n- c\n\n```\n# not a heading\n```\nend'
    expect(blocksOf(page)).toEqual([
      { kind: 'heading', level: 1, spans: [text('TITLE')] },
      { kind: 'paragraph', spans: [text('One two '), { kind: 'code', text: 'x' }, text('.')] },
      { kind: 'list', items: [[text('a b')], [text('c')]] },
      { kind: 'code', text: '# not a heading' },
      { kind: 'paragraph', spans: [text('end')] },
    ])
  })

  it('leaves all else as text', () => {
    expect(spansOf('<b>*x* **y**')).toEqual([text('<b>*x* '), { kind: 'strong', text: 'y' }])
    expect(spansOf('[a](javascript:alert(1))')).toEqual([text('[a](javascript:alert(1))')])
    expect(spansOf('[a](https://example.org/)')).toEqual([{ kind: 'link', text: 'a', to: 'https://example.org/' }])
    expect(blocksOf('```\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }])
    expect(blocksOf('')).toEqual([])
  })
})
