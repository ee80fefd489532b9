/**
 * Who is signed in. The browser holds the session as a cookie that no script can read; this page knows what the server says of
 * it. When it ends while somebody works, the page stays as it is and asks for the token on top of itself.
 */
import { useQuery } from '@tanstack/react-query'
import { answer, api, carryCsrfToken, carryOn, whenSignedOut } from '~/api/client'
import { ApiProblem } from '~/api/problem'
import type { Grant, Role, Session } from '~/api/schema'
import { queryClient } from '~/queryClient'
import { forget } from '~/sql/kept'
import { presence, whenTouched } from './presence'

const KEY = ['/api/v1/session']

/** `expired`: somebody was signed in on this page and is not any more. */
export type SignedIn = { state: 'in'; session: Session } | { state: 'out' } | { state: 'expired'; session: Session }

/** Whether this browser has signed in, as far as it remembers: who never did need not ask the server, which would refuse. */
const HINT = 'polder-signed-in'

async function ask(): Promise<SignedIn> {
  try {
    return signedIn(await answer(api.GET('/api/v1/session')))
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return signedOut()
    carryOn()
    throw error
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(HINT) !== null
  } catch {
    return true
  }
}

function remember(signedIn: boolean) {
  try {
    if (signedIn) localStorage.setItem(HINT, 'yes')
    else localStorage.removeItem(HINT)
  } catch {
    // Storage may be refused; then the server is asked each time.
  }
}

function signedIn(session: Session): SignedIn {
  remember(true)
  carryCsrfToken(session.csrf)
  return { state: 'in', session }
}

function signedOut(): SignedIn {
  carryCsrfToken(undefined)
  remember(false)
  const before = queryClient.getQueryData<SignedIn>(KEY)
  return before && before.state !== 'out' ? { state: 'expired', session: before.session } : { state: 'out' }
}

whenSignedOut(() => queryClient.setQueryData(KEY, signedOut()))

export function useSignedIn() {
  return useQuery<SignedIn>({
    queryKey: KEY,
    queryFn: ask,
    staleTime: Number.POSITIVE_INFINITY,
    initialData: () => (remembered() ? undefined : { state: 'out' }),
  })
}

/** Whether somebody is signed in, as far as is known yet. */
export function useMayBeSignedIn(): boolean {
  const state = useSignedIn().data?.state
  return state === undefined || state === 'in'
}

/** Asks the server again whether the session still holds. */
export const checkSession = () => queryClient.invalidateQueries({ queryKey: KEY })

/** How often somebody who is there is noted, in milliseconds; more often where a session does not last long. */
const NOTED_EVERY = 60_000
const PART_OF_LIFE = 4
const SHORTEST_LIFE = 4_000

whenTouched((now) => {
  const known = queryClient.getQueryData<SignedIn>(KEY)
  if (known?.state !== 'in' || !presence.isDue(now, Math.min(NOTED_EVERY, lifeOf(known.session) / PART_OF_LIFE))) return
  presence.ask(now)
  void checkSession()
})

/** How long it still lasted when it was asked for. */
function lifeOf({ expires_at }: Session): number {
  const askedAt = queryClient.getQueryState(KEY)?.dataUpdatedAt ?? Date.now()
  // The clocks of the server and of this machine may differ.
  return Math.max(SHORTEST_LIFE, new Date(expires_at).getTime() - askedAt)
}

/** Trades a token for a session; what the page showed is loaded anew in the name of whoever came. */
export async function signIn(token: string): Promise<void> {
  const session = await answer(api.POST('/api/v1/session', { body: { token } }))
  queryClient.setQueryData(KEY, signedIn(session))
  await queryClient.invalidateQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] })
}

/** Ends the session, and forgets all that it showed. */
export async function signOut(): Promise<void> {
  await answer(api.DELETE('/api/v1/session'))
  remember(false)
  carryCsrfToken(undefined)
  queryClient.setQueryData(KEY, { state: 'out' } satisfies SignedIn)
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] })
  forget()
}

const RANK: Record<Role, number> = { agent: 0, viewer: 1, operator: 2, admin: 3 }

/** Whether one of the grants has this role or more, for the team; without a team: for all of them. */
export function may(grants: Grant[], role: Role, team?: string): boolean {
  const covers = (grant: Grant) => !grant.team || grant.team === team
  return grants.some((grant) => RANK[grant.role] >= RANK[role] && covers(grant))
}

/** Whether it is asked, on top of the page, to sign in again. */
export const useHasExpired = () => useSignedIn().data?.state === 'expired'

/** Whether whoever is signed in may do this; buttons that they may not press say so. */
export function useMay(role: Role, team?: string): boolean {
  const { data } = useSignedIn()
  return data !== undefined && data.state !== 'out' && may(data.session.grants, role, team)
}
