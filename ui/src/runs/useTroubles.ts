import { useGet } from '~/api/queries'
import type { Late, Overview } from '~/api/schema'
import { useNow } from '~/kit/now'
import { type Behind, type Sight, sayAllHeld } from './held'
import { sayLate } from './late'
import type { Part } from './parts'
import { useSight } from './useSight'

/** What is late becomes so by time alone, and no change tells of it; in milliseconds. */
export const LOOK_AGAIN = 60_000

/** How an environment stands, or one of its teams: as the overview has it, for pages that tell of some of it. */
export function useTroubles(environment: string, team?: string): Overview | undefined {
  const query = { environment, ...(team && { team }) }
  return useGet('/api/v1/overview', { params: { query }, refetchInterval: LOOK_AGAIN }).data
}

/** Why a pipeline is held back or late, in a sentence. */
export function useReason({ held, late }: Behind, overview: Overview | undefined): Part[] {
  const now = useNow()
  const sight = useSight(overview?.broken ?? NONE)
  if (held.length > 0) return sayAllHeld(held, sight)
  return late.slice(0, 1).flatMap((one: Late) => sayLate(one, now, { ...sight, held: [] }))
}

const NONE: Sight['broken'] = []
