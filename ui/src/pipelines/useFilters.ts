/** What a list is narrowed by: parameters of the address, several of which may change at once. */
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

export type Filters<N extends string> = {
  values: Partial<Record<N, string>>
  any: boolean
  /** An empty value takes a filter away. */
  set: (values: Partial<Record<N, string>>) => void
  clear: () => void
}

/** Keep `names` outside of the component. */
export function useFilters<N extends string>(names: readonly N[]): Filters<N> {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (values: Partial<Record<N, string>>) =>
      setParams((now) => changed(now, values), { replace: true, preventScrollReset: true }),
    [setParams],
  )
  const clear = useCallback(
    () => set(Object.fromEntries(names.map((name) => [name, ''])) as Record<N, string>),
    [set, names],
  )
  const given = names.flatMap((name) => (params.get(name) ? [[name, params.get(name)]] : []))
  return { values: Object.fromEntries(given) as Partial<Record<N, string>>, any: given.length > 0, set, clear }
}

function changed(now: URLSearchParams, values: Record<string, string | undefined>): URLSearchParams {
  const next = new URLSearchParams(now)
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  return next
}
