/** One query at a time: asked, called off, answered or failed. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer'
import { type Asked, ask } from './ask'

export type Asking =
  | { state: 'idle' }
  | { state: 'nothing' }
  | { state: 'asking'; asked: Asked; since: number }
  | { state: 'answered'; asked: Asked; answer: Answer; took: number }
  | { state: 'failed'; asked: Asked; error: unknown; took: number }
  | { state: 'called off'; asked: Asked; took: number }

const IDLE: Asking = { state: 'idle' }

export function useAsking() {
  const [asking, setAsking] = useState<Asking>(IDLE)
  const going = useRef<AbortController>(undefined)
  const callOff = useCallback(() => going.current?.abort(), [])
  // The server ends a query whose connection is closed.
  useEffect(() => callOff, [callOff])
  const start = useCallback(async (asked: Asked) => {
    going.current?.abort()
    const controller = new AbortController()
    going.current = controller
    const since = Date.now()
    setAsking({ state: 'asking', asked, since })
    const ended = await result(asked, controller.signal)
    // Another one may have been asked since.
    if (going.current === controller) setAsking({ ...ended, asked, took: (Date.now() - since) / 1000 })
  }, [])
  /** Says that nothing was asked; what was answered before is not the answer to that. */
  const refuse = useCallback(() => {
    going.current?.abort()
    going.current = undefined
    setAsking({ state: 'nothing' })
  }, [])
  return { asking, start, callOff, refuse }
}

async function result(asked: Asked, signal: AbortSignal) {
  try {
    return { state: 'answered', answer: await ask(asked, signal) } as const
  } catch (error) {
    return signal.aborted ? ({ state: 'called off' } as const) : ({ state: 'failed', error } as const)
  }
}
