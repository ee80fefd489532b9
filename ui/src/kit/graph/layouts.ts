/** Asks the worker for layouts and remembers them. Where no worker will start, the page lays out by itself. */
import { type Layout, layOut } from './layout'
import type { Reply, Request } from './layout.worker'
import { keyOf, type Shape } from './shape'

/** Up to here asking the worker takes longer than doing it. */
const SMALL = 40
const KEPT = 24

const known = new Map<string, Layout>()
const waiting = new Map<number, { shape: Shape; then: (layout: Layout) => void }>()
let worker: Worker | undefined
let broken = false
let tickets = 0

/** What is known already, or quickly found. */
export function layoutNow(shape: Shape, key = keyOf(shape)): Layout | undefined {
  return known.get(key) ?? (shape.ids.length <= SMALL ? remember(key, layOut(shape)) : undefined)
}

export async function layoutSoon(shape: Shape, key = keyOf(shape)): Promise<Layout> {
  return layoutNow(shape, key) ?? remember(key, await ask(shape))
}

/** Starts the worker before there is anything to do, as starting takes a while. */
export function prepare() {
  if (worker || broken || typeof Worker === 'undefined') return
  try {
    worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Reply>) => settle(data.ticket, data.layout)
    worker.onerror = giveUp
  } catch {
    broken = true
  }
}

function ask(shape: Shape): Promise<Layout> {
  prepare()
  return new Promise((then) => {
    const ticket = tickets++
    waiting.set(ticket, { shape, then })
    if (worker) worker.postMessage({ ticket, shape } satisfies Request)
    else settle(ticket)
  })
}

function settle(ticket: number, layout?: Layout) {
  const asked = waiting.get(ticket)
  waiting.delete(ticket)
  asked?.then(layout ?? layOut(asked.shape))
}

function giveUp() {
  broken = true
  worker?.terminate()
  worker = undefined
  for (const ticket of [...waiting.keys()]) settle(ticket)
}

function remember(key: string, layout: Layout): Layout {
  known.delete(key)
  known.set(key, layout)
  const [oldest] = known.keys()
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
  return layout
}
