/**
 * The one way to the server: typed by its OpenAPI document, with the session's cookie, and with the session's token against
 * forged requests on everything that changes something.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import { ApiProblem, Unreachable } from './problem'
import type { Problem, paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

let csrf: string | undefined
let onSignedOut: () => void = () => {}

/** What the session told; without it nothing can be changed. */
export function carryCsrfToken(token: string | undefined) {
  csrf = token
}

/** Calls this whenever the server does not know who we are (any more). */
export function whenSignedOut(then: () => void) {
  onSignedOut = then
}

const session: Middleware = {
  onRequest({ request }) {
    if (csrf && !SAFE.has(request.method)) request.headers.set('X-CSRF-Token', csrf)
    return request
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/api/v1/session') onSignedOut()
    return response
  },
  onError() {
    return new Unreachable()
  },
}

export const api = createClient<paths>({ credentials: 'same-origin' })
api.use(session)

/** The data of an answer; throws an {@link ApiProblem} if there is none. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw new ApiProblem(response.status, problemOf(error))
  return data as T
}

function problemOf(error: unknown): Partial<Problem> {
  return typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {}
}
