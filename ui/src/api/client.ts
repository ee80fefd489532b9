/**
 * The one way to the server: typed by its OpenAPI document, with the session's cookie, and with the session's token against
 * forged requests on everything that changes something.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import { presence } from '~/session/presence'
import { ApiProblem, Unreachable } from './problem'
import { readsAfterSigningIn } from './reading'
import type { Problem, paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Says that nobody is there: see `presence.ts`. */
const BACKGROUND = 'X-Polder-Background'
const SESSION = '/api/v1/session'

let csrf: string | undefined
let onSignedOut: () => void = () => {}
let tell: () => void = () => {}
/** Settles when the server has said who we are, or could not be asked. */
const told = new Promise<void>((settle) => {
  tell = settle
})
const reading = readsAfterSigningIn(() => onSignedOut())

/** What the session told; without it nothing can be changed. */
export function carryCsrfToken(token: string | undefined) {
  csrf = token
  tell()
  if (token) reading.goOn()
}

/** Lets what waits for the token go on without it. */
export const carryOn = () => tell()

/** Calls this whenever the server does not know who we are (any more). */
export function whenSignedOut(then: () => void) {
  onSignedOut = then
}

const begun = new WeakMap<Request, number>()

const session: Middleware = {
  async onRequest({ request, schemaPath }) {
    const changes = !SAFE.has(request.method)
    // The page is there before the server has said who we are; whoever is quick is not to be refused for that.
    if (changes && schemaPath !== SESSION) await told
    if (csrf && changes) request.headers.set('X-CSRF-Token', csrf)
    if (presence.isAlone()) request.headers.set(BACKGROUND, '1')
    begun.set(request, performance.now())
    return request
  },
  onResponse({ request, response, schemaPath }) {
    if (response.status === 401 && schemaPath !== SESSION) onSignedOut()
    if (response.ok && !request.headers.has(BACKGROUND)) presence.count(begun.get(request) ?? 0)
    return response
  },
  onError() {
    return new Unreachable()
  },
}

const isOfSession = ({ url }: Request) => new URL(url).pathname === SESSION

export const api = createClient<paths>({
  credentials: 'same-origin',
  fetch: (request) => (SAFE.has(request.method) && !isOfSession(request) ? reading.fetch(request) : fetch(request)),
})
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
