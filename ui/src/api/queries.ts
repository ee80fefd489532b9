/**
 * What is shown comes from queries, each known by the path of its route and its parameters. Nothing else holds what the
 * server knows; live changes mark queries as old (see `live/`).
 */
import {
  type InfiniteData,
  keepPreviousData,
  type QueryKey,
  type UseInfiniteQueryResult,
  type UseQueryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import type { MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod } from 'openapi-typescript-helpers'
import { answer, api } from './client'
import type { paths } from './schema'

export type GetPath = PathsWithMethod<paths, 'get'>
type Operation<P extends GetPath> = paths[P] extends { get: infer O } ? O : never
type Json<O> = O extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never

/** What a GET of this path answers. */
export type Answer<P extends GetPath> = Json<Operation<P>>
/** Its parameters. */
export type Params<P extends GetPath> = Operation<P> extends { parameters: infer X } ? X : never

export type QueryParams = { path?: Record<string, unknown>; query?: Record<string, unknown> }

/** The key that the answer of this path is kept under. */
export function keyOf<P extends GetPath>(path: P, params?: QueryParams): QueryKey {
  return params === undefined ? [path] : [path, params]
}

type Options<P extends GetPath> = Omit<UseQueryOptions<Answer<P>>, 'queryKey' | 'queryFn'> & {
  params?: Omit<Params<P>, 'header' | 'cookie'>
}

/** Reads a path, and keeps what was there before on the page while new parameters load. */
export function useGet<P extends GetPath>(path: P, { params, ...options }: Options<P> = {}) {
  return useQuery<Answer<P>>({
    queryKey: keyOf(path, params as QueryParams),
    queryFn: ({ signal }) => get(path, params as QueryParams, signal),
    placeholderData: keepPreviousData as never,
    ...options,
  })
}

export function get<P extends GetPath>(path: P, params: QueryParams | undefined, signal?: AbortSignal) {
  const init = { params, signal } as unknown as MaybeOptionalInit<paths[P], 'get'>
  // biome-ignore lint/suspicious/noExplicitAny: what openapi-fetch infers for a generic path cannot be written down
  return answer<Answer<P>>((api.GET as any)(path, init))
}

type PageOf<P extends GetPath> = Answer<P> extends { items: (infer T)[] } ? T : never
type PagedOptions<P extends GetPath> = { params?: Omit<Params<P>, 'header' | 'cookie'>; enabled?: boolean }
export type Pages<P extends GetPath> = UseInfiniteQueryResult<InfiniteData<Answer<P>>> & { items: PageOf<P>[] }

/** Reads a list page by page, as far as somebody has scrolled. */
export function usePages<P extends GetPath>(path: P, { params, enabled }: PagedOptions<P> = {}): Pages<P> {
  const given = params as QueryParams | undefined
  const query = useInfiniteQuery({
    queryKey: [...keyOf(path, given), 'pages'],
    queryFn: ({ signal, pageParam }) =>
      get(path, { ...given, query: { ...given?.query, ...(pageParam ? { cursor: pageParam } : {}) } }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => (last as { next_cursor?: string | null }).next_cursor ?? undefined,
    placeholderData: keepPreviousData as never,
    ...(enabled === undefined ? {} : { enabled }),
  })
  const pages = (query.data as InfiniteData<{ items: PageOf<P>[] }> | undefined)?.pages ?? []
  return Object.assign(query as UseInfiniteQueryResult<InfiniteData<Answer<P>>>, {
    items: pages.flatMap((p) => p.items),
  })
}
