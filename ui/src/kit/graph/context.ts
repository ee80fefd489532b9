/** What the cards of one graph share. */
import { createContext, useMemo, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '../Links'
import type { Level } from './view'

export type Acts = {
  /** Absent where nothing can be selected. */
  select?: (id: string) => void
  go: (address: string) => void
  address: (to: string) => string
}

export const ActsContext = createContext<Acts>({ go: () => {}, address: (to) => to })
export const LevelContext = createContext<Level>('near')

/** Stays the same, so that cards are not drawn again for it. */
export function useActs(onSelect: ((id: string) => void) | undefined): Acts {
  const navigate = useNavigate()
  const environment = useEnvironment()
  const now = useRef({ onSelect, navigate })
  now.current = { onSelect, navigate }
  const selects = onSelect !== undefined
  return useMemo(
    () => ({
      select: selects ? (id) => now.current.onSelect?.(id) : undefined,
      go: (address) => now.current.navigate(address),
      address: (to) => (/[?&]environment=/.test(to) ? to : within(environment, to)),
    }),
    [selects, environment],
  )
}
