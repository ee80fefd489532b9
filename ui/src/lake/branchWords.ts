/** What a branch is, in words: the server has four states, and one of them means two things to a person. */
import type { BranchView } from '~/api/schema'

type State = 'OPEN' | 'PUBLISHED' | 'FAILED' | 'BEFORE_RESET' | 'REMOVED'
type Said = Pick<BranchView, 'name' | 'state' | 'run' | 'removed_at'>

export const isGone = ({ state, removed_at }: Said) => state === 'REMOVED' || Boolean(removed_at)

/** Folders of branches are named after what made them; only those of attempts say so in a field of their own. */
const isOf = (maker: 'env' | 'rollback', { name, run }: Said) => !run && name.startsWith(`${maker}-`)

/** A state that this page does not know is answered as the server says it. */
export function stateOf(branch: Said): string {
  if (isGone(branch)) return 'REMOVED'
  return branch.state === 'FAILED' && isOf('env', branch) ? 'BEFORE_RESET' : branch.state
}

/** Whether somebody may want to look into it, for nobody sees it elsewhere. */
export const isUnpublished = (branch: Said) => ['OPEN', 'FAILED', 'BEFORE_RESET'].includes(stateOf(branch))

const WORDS: Record<State, string> = {
  OPEN: 'being written',
  PUBLISHED: 'published',
  FAILED: 'not published',
  BEFORE_RESET: 'kept',
  REMOVED: 'gone',
}

export function wordOf(branch: Said): string {
  const state = stateOf(branch)
  return WORDS[state as State] ?? state.toLowerCase().replaceAll('_', ' ')
}

/** Why it is what it is, where the word alone leaves that open. */
export function reasonOf(branch: Said): string {
  switch (stateOf(branch)) {
    case 'FAILED':
      return isOf('rollback', branch) ? 'the roll-back did not succeed' : 'the attempt did not succeed'
    case 'BEFORE_RESET':
      return 'from before a reset'
    case 'REMOVED':
      return 'its time was over'
    default:
      return ''
  }
}

/** What wrote it, where that was no step. */
export function makerOf(branch: Said): string {
  if (isOf('rollback', branch)) return 'a roll-back'
  return isOf('env', branch) ? 'steps before the reset' : 'a person'
}
