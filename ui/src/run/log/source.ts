/**
 * The log of one attempt: how many lines it has, those of them that are here, and the asking for those that are not. What is asked
 * for follows where one looks, not every place that one has scrolled past.
 */
import { get } from '~/api/queries'
import type { NumberedLine } from '~/api/schema'
import type { Attempt } from './address'
import { Lines, type Stretch } from './lines'
import { Store } from './store'
import { Tail, type TailState } from './tail'

/** At most this many requests at once, begun no closer than this many milliseconds. */
const AT_ONCE = 2
const PAUSE = 80
/** Leaps that follow each other this closely are a scroll bar being dragged: nothing is asked for until it rests. */
const DRAGGED = 150

type Loading = { stretch: Stretch; abort: AbortController }

export type Known = {
  /** Lines that the server has, as far as is known. */
  count: number
  /** Undefined for an attempt that has ended. */
  tail: TailState | undefined
  error: unknown
  /** The server had lines, and has them no more. */
  removed: boolean
  /** Changes with each line that comes. */
  version: number
}

export class LogSource extends Store<Known> {
  readonly lines = new Lines()
  private wanted: Stretch = { from: 0, to: 0 }
  private loading = new Set<Loading>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private begun = 0
  /** When one last leapt to another place, and until when it is waited whether one stays there. */
  private leapt = 0
  private rests = 0
  private following: Tail | undefined

  constructor(readonly attempt: Attempt) {
    super({ count: 0, tail: undefined, error: undefined, removed: false, version: 0 })
  }

  /** Listens for new lines. */
  follow() {
    if (this.following) return
    this.become({ tail: 'connecting' })
    this.following = new Tail(this.attempt, {
      onLines: (lines) => this.take(lines),
      onState: (tail) => this.become({ tail }),
    })
  }

  /** No more lines come; the server has so many. */
  end(count: number) {
    this.following?.close()
    this.following = undefined
    this.become({ tail: undefined, count: Math.max(count, this.read().count) })
    this.plan()
  }

  close() {
    this.following?.close()
    this.following = undefined
    clearTimeout(this.timer)
    for (const { abort } of this.loading) abort.abort()
    this.loading.clear()
  }

  /** What is looked at, or soon will be. */
  want(stretch: Stretch) {
    if (!this.isNear(stretch)) this.leap()
    this.wanted = stretch
    this.lines.touch(stretch)
    for (const one of this.loading) if (!this.isNear(one.stretch)) this.cancel(one)
    this.plan()
  }

  retry() {
    this.become({ error: undefined })
    this.plan()
  }

  private isNear({ from, to }: Stretch) {
    return from < this.wanted.to && to > this.wanted.from
  }

  private leap() {
    const now = performance.now()
    this.rests = now - this.leapt < DRAGGED ? now + PAUSE : 0
    this.leapt = now
  }

  private cancel(one: Loading) {
    one.abort.abort()
    this.loading.delete(one)
  }

  private plan() {
    if (this.timer || this.read().error || !this.gap()) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      if (performance.now() < this.rests) this.plan()
      else this.load()
    }, this.wait())
  }

  private wait() {
    return Math.max(0, this.begun + PAUSE - performance.now(), this.rests - performance.now())
  }

  /** The first gap that nobody is filling. */
  private gap(): Stretch | undefined {
    const found = this.lines.gap(this.wanted, this.read().count)
    if (!found || ![...this.loading].some(({ stretch }) => stretch.from === found.from)) return found
    return this.lines.gap({ from: found.to, to: this.wanted.to }, this.read().count)
  }

  private load() {
    const stretch = this.gap()
    if (!stretch || this.loading.size >= AT_ONCE) return
    this.begun = performance.now()
    const one = { stretch, abort: new AbortController() }
    this.loading.add(one)
    this.ask(one).finally(() => {
      this.loading.delete(one)
      this.plan()
    })
    this.plan()
  }

  private async ask({ stretch: { from, to }, abort }: Loading) {
    const { run, step, epoch } = this.attempt
    const params = { path: { id: run }, query: { step, epoch, from: String(from), limit: to - from } }
    try {
      const { items } = await get('/api/v1/runs/{id}/logs', params, abort.signal)
      if (abort.signal.aborted) return
      if (items.length > 0) this.take(items)
      else await this.findEnd(abort)
    } catch (error) {
      if (!abort.signal.aborted) this.become({ error })
    }
  }

  /** There is nothing where lines were thought to be: asks where the end is. */
  private async findEnd(abort: AbortController) {
    const { run, step, epoch } = this.attempt
    const params = { path: { id: run }, query: { step, epoch, tail: 1 } }
    const { items } = await get('/api/v1/runs/{id}/logs', params, abort.signal)
    const count = (items[items.length - 1]?.line ?? -1) + 1
    this.become({ count, removed: count === 0 })
  }

  private take(lines: NumberedLine[]) {
    this.lines.put(lines)
    const { count, version } = this.read()
    const last = lines[lines.length - 1]?.line ?? -1
    this.become({ count: Math.max(count, last + 1), error: undefined, version: version + 1 })
    this.plan()
  }
}
