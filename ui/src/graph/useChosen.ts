/** What of the graph is shown, and what is selected in it; all of it stands in the address. */
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { View } from './focus'

const NAMES = ['focus', 'depth', 'team', 'show', 'search', 'pipeline'] as const
type Name = (typeof NAMES)[number]

export type Chosen = {
  values: View & { search: string; pipeline?: string }
  /** An empty value takes a choice away. */
  set: (values: Partial<Record<Name, string>>) => void
  clear: () => void
}

export function useChosen(): Chosen {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (values: Partial<Record<Name, string>>) =>
      setParams((now) => changed(now, values), { replace: true, preventScrollReset: true }),
    [setParams],
  )
  const clear = useCallback(() => set(Object.fromEntries(NAMES.map((name) => [name, '']))), [set])
  const values = useMemo(() => read(params), [params])
  return { values, set, clear }
}

function read(params: URLSearchParams): Chosen['values'] {
  const [show, depth] = [params.get('show'), Number(params.get('depth'))]
  return {
    focus: params.get('focus') ?? undefined,
    depth: Number.isInteger(depth) && depth > 0 ? depth : undefined,
    team: params.get('team') ?? undefined,
    show: show === 'broken' || show === 'active' ? show : undefined,
    search: params.get('search') ?? '',
    pipeline: params.get('pipeline') ?? undefined,
  }
}

function changed(now: URLSearchParams, values: Partial<Record<Name, string>>): URLSearchParams {
  const next = new URLSearchParams(now)
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  return next
}
