/** Lays graphs out while the page stays quick. */
import { type Layout, layOut } from './layout'
import type { Link, Shape } from './shape'

export type Request = { ticket: number; shape: Shape }
export type Reply = { ticket: number; layout?: Layout }

self.onmessage = ({ data }: MessageEvent<Request>) => {
  try {
    self.postMessage({ ticket: data.ticket, layout: layOut(data.shape) } satisfies Reply)
  } catch {
    self.postMessage({ ticket: data.ticket } satisfies Reply)
  }
}

/** The first layouts take several times as long as later ones; this one nobody waits for. */
function warmUp() {
  const ids = Array.from({ length: 16 }, (_, at) => String(at))
  const links = ids.slice(3).flatMap((_, at): Link[] => [
    [at, at + 3, 0],
    [at + 1 + (at % 2), at + 3, 0],
  ])
  layOut({ ids, links, direction: 'right', aspect: 1 })
}

warmUp()
