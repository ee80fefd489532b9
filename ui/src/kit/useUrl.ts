/** State that lives in the address, so that a link shows the same page to somebody else. */
import { useCallback } from 'react'
import { useNavigate, useSearchParams } from 'react-router'

type Options = { /** Whether one can go back to what was before. */ push?: boolean }

/** One parameter of the address; what equals the default does not stand in it. */
export function useUrl(name: string, byDefault = '', options: Options = {}): [string, (value: string) => void] {
  const [params] = useSearchParams()
  const change = useChange(options)
  const set = useCallback(
    (value: string) => change({ [name]: value === byDefault ? undefined : value }),
    [change, name, byDefault],
  )
  return [params.get(name) ?? byDefault, set]
}

type Values = Record<string, string | undefined>

/** Changes parameters of the address; those without a value are taken away. */
export function useChange({ push = false }: Options = {}): (values: Values) => void {
  const navigate = useNavigate()
  return useCallback(
    (values: Values) => {
      const next = changed(newest(), values)
      expect(next)
      navigate({ search: next, hash: window.location.hash }, { replace: !push, preventScrollReset: true })
    },
    [navigate, push],
  )
}

function changed(search: string, values: Values): string {
  const next = new URLSearchParams(search)
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) next.delete(name)
    else next.set(name, value)
  }
  return next.toString()
}

/** What the address is about to be: it changes a moment after it is told to. */
let coming: string | undefined

/** What is drawn may lag behind the address, and what was set a moment ago must not be lost. */
const newest = () => coming ?? window.location.search

function expect(search: string) {
  coming = search
  setTimeout(() => {
    coming = undefined
  })
}
