/**
 * The lines of a log that are here, of which there may be millions on the server. They are kept in chunks; the chunks that were
 * looked at longest ago go first when there are too many.
 */
import type { NumberedLine } from '~/api/schema'

export const CHUNK = 500
/** About as many lines as thirty screens of a very large monitor, twice over. */
const MOST_CHUNKS = 80
/** Lines may be 64 KiB long. */
const MOST_CHARACTERS = 24_000_000

export type Stretch = { from: number; to: number }
type Chunk = { lines: (NumberedLine | undefined)[]; characters: number }

export const chunkOf = (line: number) => Math.floor(line / CHUNK)

export class Lines {
  /** In the order in which they were last looked at. */
  private readonly chunks = new Map<number, Chunk>()
  private characters = 0

  get(line: number): NumberedLine | undefined {
    return this.chunks.get(chunkOf(line))?.lines[line % CHUNK]
  }

  put(lines: NumberedLine[]) {
    for (const line of lines) this.putOne(line)
    this.evict()
  }

  /** Keeps the chunks of these lines longer than others. */
  touch(span: Stretch) {
    for (let chunk = chunkOf(span.from); chunk * CHUNK < span.to; chunk += 1) this.toEnd(chunk)
  }

  /** The first gap within the chunks of these lines, no longer than a chunk; lines from `count` on are no gap. */
  gap(span: Stretch, count: number): Stretch | undefined {
    const to = Math.min(span.to, count)
    for (let line = Math.max(0, span.from); line < to; line += 1) {
      if (this.get(line) === undefined) return this.gapAround(line, count)
    }
    return undefined
  }

  private gapAround(line: number, count: number): Stretch {
    const start = chunkOf(line) * CHUNK
    const end = Math.min(start + CHUNK, count)
    let from = line
    while (from > start && this.get(from - 1) === undefined) from -= 1
    let to = line + 1
    while (to < end && this.get(to) === undefined) to += 1
    return { from, to }
  }

  private putOne(line: NumberedLine) {
    const chunk = this.toEnd(chunkOf(line.line)) ?? this.newChunk(chunkOf(line.line))
    const before = chunk.lines[line.line % CHUNK]
    chunk.lines[line.line % CHUNK] = line
    const more = line.text.length - (before?.text.length ?? 0)
    chunk.characters += more
    this.characters += more
  }

  private newChunk(index: number): Chunk {
    const chunk = { lines: [], characters: 0 }
    this.chunks.set(index, chunk)
    return chunk
  }

  private toEnd(index: number): Chunk | undefined {
    const chunk = this.chunks.get(index)
    if (!chunk) return undefined
    this.chunks.delete(index)
    this.chunks.set(index, chunk)
    return chunk
  }

  private evict() {
    for (const [index, chunk] of this.chunks) {
      const few = this.chunks.size <= MOST_CHUNKS && this.characters <= MOST_CHARACTERS
      if (few || this.chunks.size <= 4) return
      this.chunks.delete(index)
      this.characters -= chunk.characters
    }
  }
}
