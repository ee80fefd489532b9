import type { SecretView } from '~/api/schema'

/** As `polder secret` takes it: `weather/api-token`. */
export const fullName = ({ team, name }: Pick<SecretView, 'team' | 'name'>) => `${team || 'all teams'}/${name}`

export const keyOfSecret = ({ team, environment, name }: SecretView) => `${environment}:${team}/${name}`

/** `weather/hourly` in its two parts. */
export function partsOf(pipeline: string): { team: string; name: string } {
  const slash = pipeline.indexOf('/')
  return { team: pipeline.slice(0, slash), name: pipeline.slice(slash + 1) }
}
