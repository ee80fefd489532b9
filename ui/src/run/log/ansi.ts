/**
 * Colours that programs print for terminals (ECMA-48 "select graphic rendition"), as spans. What is not a colour or a style is
 * dropped: a log is a text and not a screen. Control characters that are left are shown by their pictures.
 */

/** 0–15 by the theme; others as red, green and blue. */
export type Color = number | readonly [number, number, number]

export type Look = {
  color?: Color
  background?: Color
  bold?: boolean
  faint?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
  inverse?: boolean
}

export type Span = { text: string; look: Look }
/** `rest`: how many characters were left out. */
export type Spans = { spans: Span[]; rest: number }

// Escape sequences: colours and the like (CSI), titles and links (OSC and other strings), and two-character ones.
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what they begin with
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be seen
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g

/** The spans of a line, up to so many characters of it. */
export function spansOf(text: string, most = Number.POSITIVE_INFINITY): Spans {
  const spans: Span[] = []
  let look: Look = {}
  let left = most
  let rest = 0
  const add = (part: string) => {
    const shown = part.slice(0, left)
    left -= shown.length
    rest += part.length - shown.length
    if (shown) spans.push({ text: shown.replace(CONTROL, pictureOf), look })
  }
  let from = 0
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm') look = changed(look, match[1] ?? '')
  }
  add(text.slice(from))
  return { spans, rest }
}

/** The line without any of it. */
export const plain = (text: string) => text.replace(SEQUENCE, '').replace(CONTROL, pictureOf)

function pictureOf(control: string): string {
  const code = control.charCodeAt(0)
  // These turn the direction of what follows, and so can make a line say something else.
  if (code > 0x2000) return `<U+${code.toString(16).toUpperCase()}>`
  return code === 0x7f ? '\u2421' : String.fromCharCode(0x2400 + code)
}

const SIMPLE: Record<number, Look> = {
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: undefined, faint: undefined },
  23: { italic: undefined },
  24: { underline: undefined },
  27: { inverse: undefined },
  29: { strike: undefined },
  39: { color: undefined },
  49: { background: undefined },
}

function changed(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number)
  let next = look
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(at + 1))
      if (color !== undefined) next = { ...next, ...(code === 38 ? { color } : { background: color }) }
      at += used
    } else {
      next = code === 0 ? {} : { ...next, ...(SIMPLE[code] ?? basic(code)) }
    }
  }
  return next
}

function basic(code: number): Look {
  if (code >= 30 && code <= 37) return { color: code - 30 }
  if (code >= 90 && code <= 97) return { color: code - 82 }
  if (code >= 40 && code <= 47) return { background: code - 40 }
  if (code >= 100 && code <= 107) return { background: code - 92 }
  return {}
}

/** `5;N` of 256 colours, or `2;R;G;B`. */
function extended(codes: number[]): { color?: Color; used: number } {
  if (codes[0] === 5) return { color: of256(codes[1] ?? 0), used: 2 }
  if (codes[0] === 2) return { color: [byte(codes[1]), byte(codes[2]), byte(codes[3])], used: 4 }
  return { used: codes.length }
}

const byte = (value: number | undefined) => Math.max(0, Math.min(255, value ?? 0)) || 0
const STEPS = [0, 95, 135, 175, 215, 255] as const

/** Sixteen of the theme, a cube of 6 × 6 × 6, and 24 greys. */
function of256(number: number): Color | undefined {
  if (!(number >= 0 && number <= 255)) return undefined
  if (number < 16) return number
  if (number >= 232) {
    const grey = 8 + (number - 232) * 10
    return [grey, grey, grey]
  }
  const at = number - 16
  const step = (index: number) => STEPS[index % 6] ?? 0
  return [step(Math.floor(at / 36)), step(Math.floor(at / 6)), step(at)]
}
