import type { ExpressionView } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import classes from './expression.module.css'
import { isUsed, type Used } from './used'
import { useUpstream } from './useUpstream'

/** What a table of conditions is about. */
export type About = {
  environment: string
  /** With `within: day`; none while nothing of the next day has come. */
  day?: string | null | undefined
  daily: boolean
  used: Used
}

export type Condition = Extract<ExpressionView, { kind: 'is' }>
type Props = { condition: Condition; about: About }

/** What there is while a condition is not met. Nothing is said of runs that one may not see: they look as if there were none. */
export function Instead({ mayLook, ...props }: Props & { mayLook: boolean }) {
  const { exists, team } = props.condition
  if (!exists) return 'No such pipeline is deployed here.'
  if (!mayLook) return `It belongs to ${team}, whose pipelines you may not see.`
  return <Newest {...props} />
}

/** That is where to look next. */
function Newest({ condition, about }: Props) {
  const { run, ofDay, known } = useUpstream(condition, about.day, about.environment)
  if (!known) return null
  if (!run) return <>It has never run.</>
  return (
    <span className={classes.newest}>
      {ofDay ? 'Its run' : about.day ? `No run of ${about.day} yet; its newest,` : 'Its newest,'}{' '}
      <RunLink id={run.id} size="sm">
        of {logicalDate(run)}
      </RunLink>
      <StatusBadge status={run.status} size="sm" />
      <TimeAgo at={run.ended_at ?? run.created_at} />
      {isUsed(run, condition.statuses, about.used) && <span>(used already)</span>}
    </span>
  )
}
