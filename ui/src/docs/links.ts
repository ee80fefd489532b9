import { useSearchParams } from 'react-router'

/** Where in these pages one is, and where one can go; the search and the environment stay in the address. */
export function usePlace() {
  const [params] = useSearchParams()
  const to = (part: { operation?: string; error?: string }) => {
    const next = new URLSearchParams(params)
    next.delete('operation')
    next.delete('error')
    for (const [name, value] of Object.entries(part)) next.set(name, value)
    return `/api-docs?${next}`
  }
  return { operation: params.get('operation') ?? '', error: params.get('error') ?? '', to }
}
