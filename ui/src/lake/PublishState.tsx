import { IconArrowBackUp, IconCircleCheck, IconCircleX, IconProgress } from '@tabler/icons-react'
import type { PublishView } from '~/api/schema'
import { type Look, StateBadge } from './StateBadge'

const LOOKS: Record<string, Look & { word: string }> = {
  DONE: { word: 'done', color: 'teal', icon: IconCircleCheck },
  PREPARED: { word: 'under way', color: 'blue', icon: IconProgress },
  ROLLED_BACK: { word: 'rolled back', color: 'orange', icon: IconArrowBackUp },
  ROLL_BACK: { word: 'roll-back', color: 'teal', icon: IconArrowBackUp },
  UNDONE: { word: 'undone', color: 'orange', icon: IconCircleX },
}

/** How far a publish has come; a state that this page does not know is said as the server does. */
export function PublishState({ publish }: { publish: PublishView }) {
  const state = stateOf(publish)
  const look = LOOKS[state] ?? { word: state.toLowerCase(), color: 'gray', icon: IconProgress }
  return <StateBadge look={look} word={look.word} />
}

/** Of what is done, whether it still holds comes first. */
function stateOf({ state, rolls_back, rolled_back_by }: PublishView): string {
  if (state !== 'DONE') return state
  if (rolled_back_by) return 'ROLLED_BACK'
  return rolls_back ? 'ROLL_BACK' : state
}
