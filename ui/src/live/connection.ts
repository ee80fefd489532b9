/**
 * The stream of changes: one for the whole page. It tells which queries are old; it carries no data of its own. When it breaks,
 * this says so, tries again, and goes on after the last change that it has seen; if the server cannot, everything on
 * the page is loaded anew.
 */
import type { InvalidateOptions, Query } from '@tanstack/react-query'
import type { ChangeEvent } from '~/api/schema'
import { queryClient } from '~/queryClient'
import { checkSession } from '~/session/session'
import { isStale } from './stale'

export type Connection = { state: 'connecting' | 'live' | 'lost'; since: number }

/** Changes are gathered this long, in milliseconds, so that a busy server does not make a busy page. */
const GATHER = 300
const GATHER_WHEN_BUSY = 2_000
/** So many changes at once are a busy server. */
const BUSY = 20
/** A list that somebody has scrolled far down asks for all of its pages again; that seldom at most. */
const LONG_LIST = 10_000
const LONG_LIST_PAGES = 3
const FIRST_RETRY = 1_000
const LONGEST_RETRY = 15_000
/** By then the first page stands, and the browser has time. */
const STANDS = 5_000
/** A page that nobody looks at gives its connection back: browsers allow only six to a server. */
const HIDDEN = 60_000

let connection: Connection = { state: 'connecting', since: Date.now() }
const listeners = new Set<() => void>()
let source: EventSource | undefined
let lastId: string | undefined
let retry = FIRST_RETRY
let again: ReturnType<typeof setTimeout> | undefined
let hiding: ReturnType<typeof setTimeout> | undefined
let gathered: ChangeEvent[] = []
let gatherFor = GATHER

export const readConnection = () => connection

export function onConnection(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

function become(state: Connection['state']) {
  if (connection.state === state) return
  connection = { state, since: Date.now() }
  for (const listener of listeners) listener()
}

/** Follows the server's changes until the answer is called. */
export function follow(): () => void {
  open()
  document.addEventListener('visibilitychange', visibility)
  window.addEventListener('online', reopen)
  window.addEventListener('offline', lose)
  return () => {
    document.removeEventListener('visibilitychange', visibility)
    window.removeEventListener('online', reopen)
    window.removeEventListener('offline', lose)
    close()
  }
}

function open() {
  clearTimeout(again)
  source?.close()
  const from = lastId ? `?from=${encodeURIComponent(lastId)}` : ''
  source = new EventSource(`/api/v1/changes${from}`)
  source.addEventListener('open', opened)
  source.addEventListener('change', changed)
  source.addEventListener('reset', reset)
  source.addEventListener('error', lose)
}

function close() {
  clearTimeout(again)
  clearTimeout(hiding)
  source?.close()
  source = undefined
}

function opened() {
  retry = FIRST_RETRY
  if (!lastId) catchUp()
  become('live')
}

/**
 * Without a change seen yet there is nothing to go on after: what was loaded before the stream was there, or while the page
 * was hidden, may be old already. What is still on its way is what the page waits for: it is left to come, and asked for
 * again when the page stands, as it may have been read before the stream began.
 */
function catchUp() {
  const coming = queryClient.getQueryCache().findAll({ fetchStatus: 'fetching', predicate: isNoSession })
  refreshAll({ cancelRefetch: false })
  if (coming.length > 0) setTimeout(refresh, STANDS, coming)
}

const refresh = (queries: Query[]) =>
  void queryClient.invalidateQueries({ predicate: (query) => queries.includes(query) })

function changed(event: MessageEvent<string>) {
  lastId = event.lastEventId || lastId
  if (gathered.length === 0) setTimeout(tell, gatherFor)
  gathered.push(JSON.parse(event.data) as ChangeEvent)
}

function tell() {
  const changes = gathered
  gathered = []
  gatherFor = changes.length > BUSY ? GATHER_WHEN_BUSY : GATHER
  const old = queryClient.getQueryCache().findAll({
    predicate: ({ queryKey }) => changes.some((change) => isStale(queryKey, change)),
  })
  const waits = old.filter(isFresh)
  void queryClient.invalidateQueries({ predicate: (query) => old.includes(query) && !waits.includes(query) })
  for (const query of waits) afterAWhile(query)
}

const waiting = new Set<Query>()

/** Once, however many changes there are until then. */
function afterAWhile(query: Query) {
  if (waiting.has(query)) return
  waiting.add(query)
  setTimeout(() => {
    waiting.delete(query)
    void queryClient.invalidateQueries({ predicate: (one) => one === query })
  }, LONG_LIST)
}

/** Whether this is a long list that was asked for not long ago. */
function isFresh({ state }: Query): boolean {
  const pages = (state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0
  return pages > LONG_LIST_PAGES && Date.now() - state.dataUpdatedAt < LONG_LIST
}

function reset(event: MessageEvent<string>) {
  lastId = event.lastEventId || undefined
  refreshAll()
}

function refreshAll(options?: InvalidateOptions) {
  void queryClient.invalidateQueries({ predicate: isNoSession }, options)
}

const isNoSession = ({ queryKey }: Query) => queryKey[0] !== '/api/v1/session'

/** The browser's own trying again gives up on an answer that is not a stream, such as 401; this does not. */
function lose() {
  source?.close()
  become('lost')
  clearTimeout(again)
  again = setTimeout(reopen, retry)
  retry = Math.min(retry * 2, LONGEST_RETRY)
  void checkSession()
}

function reopen() {
  if (!document.hidden) open()
}

function visibility() {
  clearTimeout(hiding)
  if (document.hidden) hiding = setTimeout(close, HIDDEN)
  else if (!source || source.readyState === EventSource.CLOSED) open()
}
