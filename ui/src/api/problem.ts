import { sentence } from '~/kit/sentence'
import type { Mistake, Problem } from './schema'

/** What the server, or the way to it, answered instead of what was asked for. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly hint: string | undefined
  readonly mistakes: Mistake[]

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? `The server answered with the status ${status}.`)
    this.status = status
    this.code = problem.code ?? 'UNREADABLE'
    this.hint = problem.hint ?? undefined
    this.mistakes = problem.errors ?? []
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  readonly hint = 'This page goes on by itself as soon as the server answers again.'
  constructor() {
    super('The server cannot be reached.')
  }
}

/** A sentence for a person, and what they can do, of anything that was thrown. */
export function explain(error: unknown): { title: string; hint?: string; code?: string; mistakes: Mistake[] } {
  if (error instanceof ApiProblem) {
    return {
      title: sentence(error.message),
      ...(error.hint && { hint: sentence(error.hint) }),
      code: error.code,
      mistakes: error.mistakes,
    }
  }
  if (error instanceof Unreachable) {
    return { title: error.message, hint: error.hint, mistakes: [] }
  }
  return { title: error instanceof Error ? error.message : String(error), mistakes: [] }
}

/** The session has ended: that is asked about on top of the page, and is no error of what was tried. */
export const isSignedOut = (error: unknown) => error instanceof ApiProblem && error.status === 401
