import { useEffect } from 'react'
import { useEnvironment } from './Links'
import { useUrl } from './useUrl'

/** What has an environment of its own shows itself in that one, whichever one a link came from. */
export function useOwnEnvironment(own: string) {
  const environment = useEnvironment()
  const [, set] = useUrl('environment', 'prod')
  useEffect(() => {
    if (environment !== own) set(own)
  }, [environment, own, set])
}
