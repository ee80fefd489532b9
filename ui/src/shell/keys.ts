/** The keys that work on every page. */
import { useHotkeys } from '@mantine/hooks'
import { useEffect, useSyncExternalStore } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'
import { palette } from './paletteStore'
import { PLACES } from './places'
import { isTyping, sequence } from './sequence'

/** Whether the list of keys is shown; it may be asked for before the browser has got it. */
let listed = false
const listeners = new Set<() => void>()

export function list(keys: boolean) {
  listed = keys
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const useListed = () => useSyncExternalStore(subscribe, () => listed)
export const openShortcuts = () => list(true)

/** How long after `g` the second key is waited for, in milliseconds. */
const PATIENCE = 1_200

export function useKeys() {
  const navigate = useNavigate()
  const environment = useEnvironment()
  useHotkeys([['mod+K', palette.toggle]], [])
  useEffect(() => {
    const places = PLACES.map(({ key, path }) => [`g ${key}`, () => navigate(within(environment, path))] as const)
    const press = sequence(new Map([...places, ['?', openShortcuts], ['/', focusSearch]]), PATIENCE)
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (press(event.key, event.timeStamp)) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate, environment])
}

/** The search of this page; without one, the palette's. */
function focusSearch() {
  const field = document.querySelector<HTMLInputElement>('[data-page-search]')
  if (field) field.focus()
  else palette.open()
}
