/**
 * Lines as they are printed. When the connection is lost it is taken up again after the last line that came; when more lines come
 * than anybody can read, it leaps to the newest: those between are asked for when somebody scrolls there.
 */
import type { NumberedLine } from '~/api/schema'
import { checkSession } from '~/session/session'
import { type Attempt, addressOf } from './address'

export type TailState = 'connecting' | 'live' | 'lost' | 'ended'

type Heard = { onLines: (lines: NumberedLine[]) => void; onState: (state: TailState) => void }

/** Lines before the end to begin with: more than a screen. */
const BEHIND = 500
/** Lines are handed on together this often, in milliseconds. */
const GATHER = 60
/** More lines than these within a second are leapt over. */
const TOO_MANY = 3_000
const FIRST_RETRY = 1_000
const LONGEST_RETRY = 15_000

export class Tail {
  private source: EventSource | undefined
  private gathered: NumberedLine[] = []
  private next: number | undefined
  private retry = FIRST_RETRY
  private timer: ReturnType<typeof setTimeout> | undefined
  private handing: ReturnType<typeof setTimeout> | undefined
  private second = { since: 0, lines: 0 }

  constructor(
    private readonly attempt: Attempt,
    private readonly heard: Heard,
  ) {
    this.open({ tail: BEHIND })
    document.addEventListener('visibilitychange', this.onVisibility)
    window.addEventListener('online', this.goOn)
    window.addEventListener('offline', this.lose)
  }

  close() {
    document.removeEventListener('visibilitychange', this.onVisibility)
    window.removeEventListener('online', this.goOn)
    window.removeEventListener('offline', this.lose)
    clearTimeout(this.timer)
    clearTimeout(this.handing)
    this.source?.close()
  }

  private open(from: { tail: number } | { from: number }) {
    clearTimeout(this.timer)
    this.source?.close()
    this.source = new EventSource(addressOf(this.attempt, { follow: true, ...from }))
    this.source.addEventListener('open', () => this.opened())
    this.source.addEventListener('line', (event) => this.line(event))
    this.source.addEventListener('end', () => this.ended())
    this.source.addEventListener('error', this.lose)
  }

  private opened() {
    this.retry = FIRST_RETRY
    this.heard.onState('live')
  }

  private line({ data }: MessageEvent<string>) {
    const line = JSON.parse(data) as NumberedLine
    this.next = line.line + 1
    if (this.gathered.length === 0) this.handing = setTimeout(() => this.hand(), GATHER)
    this.gathered.push(line)
    this.count()
  }

  private hand() {
    const lines = this.gathered
    this.gathered = []
    if (lines.length > 0) this.heard.onLines(lines)
  }

  private count() {
    const now = performance.now()
    if (now - this.second.since > 1_000) this.second = { since: now, lines: 0 }
    this.second.lines += 1
    if (this.second.lines <= TOO_MANY) return
    this.source?.close()
    this.hand()
    this.second = { since: 0, lines: 0 }
    this.timer = setTimeout(() => this.open({ tail: BEHIND }), 400)
  }

  private ended() {
    this.hand()
    this.close()
    this.heard.onState('ended')
  }

  private readonly lose = () => {
    this.source?.close()
    this.hand()
    this.heard.onState('lost')
    clearTimeout(this.timer)
    this.timer = setTimeout(this.goOn, this.retry)
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY)
    void checkSession()
  }

  private readonly goOn = () => {
    if (!document.hidden) this.open(this.next === undefined ? { tail: BEHIND } : { from: this.next })
  }

  /** Browsers allow few connections to a server: a page that nobody looks at needs none. */
  private readonly onVisibility = () => {
    if (document.hidden) {
      clearTimeout(this.timer)
      this.source?.close()
      this.hand()
    } else this.open({ tail: BEHIND })
  }
}
