/** Grants and ends of tokens in words. */
import type { Grant, Role, TokenView } from '~/api/schema'

/** What stands for all teams in a field; no team can have this name. */
export const ALL_TEAMS = 'All teams'

/** What a role lets one do. Each of the last three includes the ones before it. */
export const ROLES: { value: Role; label: string; does: string }[] = [
  { value: 'viewer', label: 'viewer', does: 'sees pipelines, runs and logs' },
  { value: 'operator', label: 'operator', does: 'also starts and ends runs, deploys, and sets secrets' },
  { value: 'admin', label: 'admin', does: 'also makes tokens; of all teams: sees the audit log too' },
  { value: 'agent', label: 'agent', does: 'only fetches steps and runs them: for agents on other machines' },
]

export type State = 'valid' | 'expired' | 'revoked'

export function stateOf({ revoked_at, expires_at }: Pick<TokenView, 'revoked_at' | 'expires_at'>, now: number): State {
  if (revoked_at) return 'revoked'
  return expires_at && new Date(expires_at).getTime() <= now ? 'expired' : 'valid'
}

const DAY = 86_400_000
export const LIVES = [
  { value: '7', label: '7 d' },
  { value: '30', label: '30 d' },
  { value: '90', label: '90 d' },
  { value: '365', label: '1 y' },
  { value: 'never', label: 'never' },
]

/** When a token ends that is made now to live for so many days; nothing if it never does. */
export function endOf(life: string, now: number): string | undefined {
  return life === 'never' ? undefined : new Date(now + Number(life) * DAY).toISOString()
}

/** A row of the dialog: a role, and what stands in its field for the team. */
export type Row = { key: number; role: Role; team: string }

export function grantOf({ role, team }: Pick<Row, 'role' | 'team'>): Grant {
  const everywhere = role === 'agent' || team.trim() === ALL_TEAMS
  return everywhere ? { role } : { role, team: team.trim() }
}
