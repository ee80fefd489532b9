import { useGet } from '~/api/queries'
import type { MissingSecret } from '~/api/schema'

/** No change tells of secrets that others set; in milliseconds. */
const LOOK_AGAIN = 5_000

/** Secrets that pipelines ask for and nobody has set. */
export function useMissing(query: { environment: string; team?: string; search?: string }): MissingSecret[] {
  const { data } = useGet('/api/v1/secrets/missing', {
    params: { query },
    refetchInterval: ({ state }) => (state.data && state.data.items.length > 0 ? LOOK_AGAIN : false),
  })
  return data?.items ?? []
}
