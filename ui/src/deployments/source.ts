/** Where a revision comes from, as the one who deployed said it. */

export type Source = { commit?: string; branch?: string; dirty: boolean; others: [string, string][] }

const KNOWN = new Set(['commit', 'branch', 'dirty'])

export function sourceOf(source: Record<string, string>): Source {
  return {
    commit: source.commit,
    branch: source.branch,
    dirty: source.dirty === 'true',
    others: Object.entries(source).filter(([key]) => !KNOWN.has(key)),
  }
}
