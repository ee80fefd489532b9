/** Rights that are enough when one has them for any team. */
import type { Grant, Role } from '~/api/schema'
import { may, useSignedIn } from './session'

export function useGrants(): Grant[] {
  const { data } = useSignedIn()
  return data && data.state !== 'out' ? data.session.grants : []
}

/** Whether one of the grants has this role or more, for whichever team. */
export const maySomewhere = (grants: Grant[], role: Role) =>
  grants.some((grant) => may([grant], role, grant.team ?? undefined))

export const useMaySomewhere = (role: Role) => maySomewhere(useGrants(), role)
