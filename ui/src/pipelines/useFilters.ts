/** What a list is narrowed by: parameters of the address, several of which may change at once. */
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import { useChange } from '~/kit/useUrl'

export type Filters<N extends string> = {
  values: Partial<Record<N, string>>
  any: boolean
  /** An empty value takes a filter away. */
  set: (values: Partial<Record<N, string>>) => void
  clear: () => void
}

/** Keep `names` outside of the component. */
export function useFilters<N extends string>(names: readonly N[]): Filters<N> {
  const [params] = useSearchParams()
  const change = useChange()
  const set = useCallback(
    (values: Partial<Record<N, string>>) =>
      change(
        Object.fromEntries(
          Object.entries<string | undefined>(values).map(([name, value]) => [name, value || undefined]),
        ),
      ),
    [change],
  )
  const clear = useCallback(
    () => set(Object.fromEntries(names.map((name) => [name, ''])) as Record<N, string>),
    [set, names],
  )
  const given = names.flatMap((name) => (params.get(name) ? [[name, params.get(name)]] : []))
  return { values: Object.fromEntries(given) as Partial<Record<N, string>>, any: given.length > 0, set, clear }
}
