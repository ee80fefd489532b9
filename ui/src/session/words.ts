import type { Grant } from '~/api/schema'

/** `operator of weather`, `admin of all teams`. */
export const inWords = ({ role, team }: Grant) => (role === 'agent' ? 'agent' : `${role} of ${team ?? 'all teams'}`)
