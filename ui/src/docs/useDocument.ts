import type { UseQueryResult } from '@tanstack/react-query'
import { useGet } from '~/api/queries'
import type { Document } from './model'

/** The server's own document of its API; it stays as it is while the server runs. */
export function useDocument(): UseQueryResult<Document> {
  return useGet('/api/v1/openapi.json', { staleTime: Number.POSITIVE_INFINITY }) as unknown as UseQueryResult<Document>
}
