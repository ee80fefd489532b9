/** Lays graphs out while the page stays quick. */
import { type Layout, layOut } from './layout'
import type { Shape } from './shape'

export type Request = { ticket: number; shape: Shape }
export type Reply = { ticket: number; layout?: Layout }

self.onmessage = ({ data }: MessageEvent<Request>) => {
  try {
    self.postMessage({ ticket: data.ticket, layout: layOut(data.shape) } satisfies Reply)
  } catch {
    self.postMessage({ ticket: data.ticket } satisfies Reply)
  }
}
