/** State that lives in the address, so that a link shows the same page to somebody else. */
import { useCallback } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

type Options = { /** Whether one can go back to what was before. */ push?: boolean }

/** One parameter of the address; what equals the default does not stand in it. */
export function useUrl(
  name: string,
  byDefault = '',
  { push = false }: Options = {},
): [string, (value: string) => void] {
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const set = useCallback(
    (value: string) => {
      // What is drawn may lag behind the address, and what was set a moment ago must not be lost.
      const { search, hash } = window.location
      const next = new URLSearchParams(search)
      if (value === byDefault) next.delete(name)
      else next.set(name, value)
      navigate({ search: next.toString(), hash }, { replace: !push, preventScrollReset: true })
    },
    [navigate, name, byDefault, push],
  )
  return [params.get(name) ?? byDefault, set]
}
