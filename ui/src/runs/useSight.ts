import { useGrants } from '~/session/rights'
import { may } from '~/session/session'
import type { Sight } from './held'

/** What sentences about failures may tell to who is signed in, given the failures that the page knows. */
export function useSight(broken: Sight['broken']): Sight {
  const grants = useGrants()
  return { mayLook: (team) => may(grants, 'viewer', team), broken }
}
