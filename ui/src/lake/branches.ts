import type { BranchView } from '~/api/schema'
import { runPath } from '~/kit/Links'
import { isUnpublished } from './branchWords'

/** Of each step the branch of its last attempt, if that failed: what came of an earlier one is done again since. */
export function newestFailed(branches: BranchView[]): BranchView[] {
  const seen = new Set<string>()
  return branches.filter(({ step, state }) => {
    if (!step || seen.has(step)) return false
    seen.add(step)
    return state === 'FAILED'
  })
}

/** Those that somebody looks for by a part of a name, of the run or of the step; in the order that they come in. */
export function found(branches: BranchView[], search: string, unpublished: boolean): BranchView[] {
  const text = search.trim().toLowerCase()
  const has = ({ name, run, step }: BranchView) =>
    [name, run, step].some((field) => field?.toLowerCase().includes(text) ?? false)
  return branches.filter((branch) => has(branch) && (!unpublished || isUnpublished(branch)))
}

/** The step on the page of its run, at the attempt that the branch is of: its name ends with that. */
export function stepPath(run: string, step: string, name: string): string {
  const epoch = /-(\d+)$/.exec(name)?.[1]
  return `${runPath(run)}?step=${encodeURIComponent(step)}${epoch ? `&epoch=${epoch}` : ''}`
}
