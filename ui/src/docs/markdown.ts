/**
 * The little Markdown that descriptions and pages of error codes are written in, as data: paragraphs, headings, lists, blocks of
 * code; within them code, bold and links. Everything else is text as it stands; nothing becomes markup by itself.
 */
export type Span = { kind: 'text' | 'code' | 'strong'; text: string } | { kind: 'link'; text: string; to: string }
export type Block =
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'list'; items: Span[][] }
  | { kind: 'code'; text: string }

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  while (lines.length > 0) {
    const block = nextBlock(lines)
    if (block) blocks.push(block)
  }
  return blocks
}

const HEADING = /^(#{1,6}) +(.*)$/
const ITEM = /^ *[-*] +/
const FENCE = /^ *```/

/** Takes the lines of one block off the front. */
function nextBlock(lines: string[]): Block | undefined {
  const line = lines.shift() ?? ''
  const heading = HEADING.exec(line)
  if (heading) return { kind: 'heading', level: heading[1]?.length ?? 1, spans: spansOf(heading[2] ?? '') }
  if (FENCE.test(line)) return fenced(lines)
  if (ITEM.test(line)) return { kind: 'list', items: itemsOf(line, lines) }
  if (line.trim() === '') return undefined
  return { kind: 'paragraph', spans: spansOf([line, ...takeText(lines)].join(' ')) }
}

function fenced(lines: string[]): Block {
  const end = lines.findIndex((line) => FENCE.test(line))
  const inside = lines.splice(0, end < 0 ? lines.length : end)
  lines.shift()
  return { kind: 'code', text: inside.join('\n') }
}

function itemsOf(first: string, lines: string[]): Span[][] {
  const items: Span[][] = []
  for (let line: string | undefined = first; line !== undefined; ) {
    items.push(spansOf([line.replace(ITEM, ''), ...takeText(lines)].join(' ')))
    line = ITEM.test(lines[0] ?? '') ? lines.shift() : undefined
  }
  return items
}

/** The lines up to an empty one or one that begins something else. */
function takeText(lines: string[]): string[] {
  const end = lines.findIndex((line) => line.trim() === '' || [HEADING, ITEM, FENCE].some((begin) => begin.test(line)))
  return lines.splice(0, end < 0 ? lines.length : end).map((line) => line.trim())
}

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g

export function spansOf(text: string): Span[] {
  const spans: Span[] = []
  let at = 0
  for (const match of text.matchAll(SPAN)) {
    if (match.index > at) spans.push({ kind: 'text', text: text.slice(at, match.index) })
    spans.push(spanOf(match))
    at = match.index + match[0].length
  }
  if (at < text.length) spans.push({ kind: 'text', text: text.slice(at) })
  return spans
}

function spanOf([, code, strong, text = '', to = '']: RegExpMatchArray): Span {
  if (code !== undefined) return { kind: 'code', text: code }
  return strong === undefined ? { kind: 'link', text, to } : { kind: 'strong', text: strong }
}
