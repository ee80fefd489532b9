import { useMemo } from 'react'
import { useSearchParams } from 'react-router'

export const FILTERS = ['search', 'actor', 'action', 'object', 'since', 'until'] as const
export type Filter = (typeof FILTERS)[number]

/** Which entries the address asks for. */
export function useFilters() {
  const [params, setParams] = useSearchParams()
  const wanted = useMemo(() => {
    const given = FILTERS.map((name) => [name, params.get(name)?.trim()] as const)
    return Object.fromEntries(given.filter(([, value]) => value)) as Partial<Record<Filter, string>>
  }, [params])
  const clear = () =>
    setParams((now) => new URLSearchParams([...now].filter(([name]) => !FILTERS.includes(name as Filter))))
  return { wanted, any: Object.keys(wanted).length > 0, clear }
}
