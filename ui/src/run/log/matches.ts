/** The lines of a log with a text in them, as far as the server has been asked for them. */
import { get } from '~/api/queries'
import type { NumberedLine } from '~/api/schema'
import type { Attempt } from './address'
import { Store } from './store'

const PAGE = 1_000
/** So many are looked for without being asked. */
const ENOUGH = 2_000

export type Found = {
  lines: NumberedLine[]
  busy: boolean /** Nothing more is in what the server had. */
  all: boolean
  error: unknown
}

export class Matches extends Store<Found> {
  private readonly abort = new AbortController()
  private cursor: string | undefined
  /** Lines up to this one were looked through, once all matches are here. */
  private through = 0
  private going: Promise<void> | undefined

  constructor(
    private readonly attempt: Attempt,
    private readonly text: string,
  ) {
    super({ lines: [], busy: false, all: false, error: undefined })
  }

  /** Looks on until there are so many matches. */
  more(wanted = this.read().lines.length + 1, count = this.through): Promise<void> {
    if (this.read().all) return Promise.resolve()
    this.going ??= this.look(wanted, count).finally(() => {
      this.going = undefined
    })
    return this.going
  }

  private async look(wanted: number, count: number) {
    this.become({ busy: true, error: undefined })
    try {
      do await this.page(count)
      while (!this.read().all && this.read().lines.length < wanted)
      this.become({ busy: false })
    } catch (error) {
      if (!this.abort.signal.aborted) this.become({ busy: false, error })
    }
  }

  begin(count: number) {
    return this.more(ENOUGH, count)
  }

  /** The log has more lines now. */
  grown(count: number) {
    if (!this.read().all || count <= this.through) return
    this.cursor = String(this.through)
    this.become({ all: false })
    void this.more(undefined, count)
  }

  close() {
    this.abort.abort()
  }

  private async page(count: number) {
    const { run, step, epoch } = this.attempt
    const query = { step, epoch, search: this.text, limit: PAGE, ...(this.cursor ? { cursor: this.cursor } : {}) }
    const answer = await get('/api/v1/runs/{id}/logs', { path: { id: run }, query }, this.abort.signal)
    const before = this.read().lines
    const last = before[before.length - 1]?.line ?? -1
    this.cursor = answer.next_cursor ?? undefined
    if (!this.cursor) this.through = Math.max(this.through, count)
    this.become({ lines: [...before, ...answer.items.filter(({ line }) => line > last)], all: !this.cursor })
  }
}

/** The match after a line, or before it; at an end, round to the other. */
export function neighbour(lines: { line: number }[], from: number, way: 1 | -1): number | undefined {
  const behind = lines.findIndex(({ line }) => line > from)
  if (way === 1) return (lines[behind] ?? lines[0])?.line
  const before = lines.findLastIndex(({ line }) => line < from)
  return (lines[before] ?? lines[lines.length - 1])?.line
}
