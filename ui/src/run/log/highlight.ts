/** Where the text that is looked for stands, across the colours of a line. */
import type { Span } from './ansi'

export type Piece = Span & { found: boolean }

export function highlighted(spans: Span[], wanted: string): Piece[] {
  if (!wanted) return spans.map((span) => ({ ...span, found: false }))
  const places = placesOf(spans.map((span) => span.text).join(''), wanted)
  if (places.length === 0) return spans.map((span) => ({ ...span, found: false }))
  let at = 0
  return spans.flatMap((span) => {
    const pieces = cut(span, at, places, wanted.length)
    at += span.text.length
    return pieces
  })
}

/** Where it begins, in capitals or not, as the server looks for it. */
function placesOf(text: string, wanted: string): number[] {
  const [folded, needle] = [fold(text), fold(wanted)]
  const places: number[] = []
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + needle.length)) places.push(at)
  return places
}

/** In lower case, but no longer or shorter than it was. */
function fold(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function cut(span: Span, start: number, places: number[], length: number): Piece[] {
  const pieces: Piece[] = []
  const end = start + span.text.length
  let at = start
  const add = (to: number, found: boolean) => {
    if (to > at) pieces.push({ text: span.text.slice(at - start, to - start), look: span.look, found })
    at = Math.max(at, to)
  }
  for (const place of places) {
    if (place + length <= start || place >= end) continue
    add(Math.min(place, end), false)
    add(Math.min(place + length, end), true)
  }
  add(end, false)
  return pieces
}
