import type { MissingSecret, SecretView } from '~/api/schema'

/** As `polder secret` takes it: `weather/api-token`. */
export const fullName = ({ team, name }: Pick<SecretView, 'team' | 'name'>) => `${team || 'all teams'}/${name}`

export const keyOfSecret = ({ team, environment, name }: Omit<MissingSecret, 'used_by'>) =>
  `${environment}:${team}/${name}`

/** `weather/hourly` in its two parts. */
export function partsOf(full: string): { team: string; name: string } {
  const slash = full.indexOf('/')
  return { team: full.slice(0, Math.max(0, slash)), name: full.slice(slash + 1) }
}

/** Of what is asked for in vain, what this pipeline asks for. */
export const askedBy = (pipeline: string, missing: MissingSecret[]) =>
  missing.filter(({ used_by }) => used_by.includes(pipeline))

/** Where a secret can be set: the page of secrets, with what is known filled in. */
export const settingPath = (secret: Pick<SecretView, 'team' | 'name'>) =>
  `/secrets?set=${encodeURIComponent(`${secret.team}/${secret.name}`)}`
