/** Which line the address points to. It then names the step and the attempt as well: whoever follows it comes to the same line. */
import { useCallback } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import type { Attempt } from './address'

export function usePointer({ step, epoch }: Attempt) {
  const [params, setParams] = useSearchParams()
  const { pathname } = useLocation()
  /** Without a line: this log stays on the page, whatever else the run begins. */
  const point = useCallback(
    (line?: number) =>
      setParams((now) => pointed(now, { step, epoch }, line), { replace: true, preventScrollReset: true }),
    [setParams, step, epoch],
  )
  const line = Number(params.get('line')) > 0 ? Number(params.get('line')) - 1 : undefined
  const isPinned = params.get('step') === step
  const before = pointed(params, { step, epoch })
  before.delete('line')
  before.set('line', '')
  return {
    line,
    isPinned,
    point,
    /** The address of a line is this and its number. */ address: `${pathname}?${before}`,
  }
}

function pointed(now: URLSearchParams, { step, epoch }: Pick<Attempt, 'step' | 'epoch'>, line?: number) {
  const next = new URLSearchParams(now)
  next.set('step', step)
  next.set('epoch', String(epoch))
  if (line !== undefined) next.set('line', String(line + 1))
  return next
}
