import type { BranchView } from '~/api/schema'

/** Of each step the branch of its last attempt, if that failed: what came of an earlier one is done again since. */
export function newestFailed(branches: BranchView[]): BranchView[] {
  const seen = new Set<string>()
  return branches.filter(({ step, state }) => {
    if (!step || seen.has(step)) return false
    seen.add(step)
    return state === 'FAILED'
  })
}
