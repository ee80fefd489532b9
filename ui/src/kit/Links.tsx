import { Anchor, type AnchorProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Names } from './Names'

/** The environment that the page is about: `?environment=`, else `prod`. */
export function useEnvironment(): string {
  return useSearchParams()[0].get('environment') ?? 'prod'
}

/** An address with the environment that one is in. */
export function within(environment: string, path: string): string {
  if (environment === 'prod') return path
  return `${path}${path.includes('?') ? '&' : '?'}environment=${encodeURIComponent(environment)}`
}

export const pipelinePath = (team: string, name: string) =>
  `/pipelines/${encodeURIComponent(team)}/${encodeURIComponent(name)}`
export const runPath = (id: string) => `/runs/${id}`
/** The end of an id, as `polder runs` shows it and takes it. */
export const shortId = (id: string) => id.slice(-8)

type To = { to: string; children: ReactNode; title?: string; target?: '_blank'; state?: unknown } & AnchorProps

/** A link within the interface that keeps the environment. */
export function To({ to, children, ...props }: To) {
  const environment = useEnvironment()
  return (
    <Anchor component={Link} to={within(environment, to)} {...props}>
      {children}
    </Anchor>
  )
}

type PipelineLinkProps = { team: string; name: string; environment?: string; withTeam?: boolean } & AnchorProps

/** `team/name`, which is broken behind the team where there is no room for both. */
export function PipelineLink({ team, name, environment, withTeam = true, ...props }: PipelineLinkProps) {
  const here = useEnvironment()
  return (
    <Anchor component={Link} to={within(environment ?? here, pipelinePath(team, name))} {...props}>
      {withTeam && (
        <>
          {team}/<wbr />
        </>
      )}
      <Names text={name} />
    </Anchor>
  )
}

export function RunLink({ id, children, ...props }: { id: string; children?: ReactNode } & AnchorProps) {
  return (
    <Anchor component={Link} to={runPath(id)} {...props}>
      {children ?? shortId(id)}
    </Anchor>
  )
}
