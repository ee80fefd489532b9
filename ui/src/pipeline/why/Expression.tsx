import { Text } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { ExpressionView } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { useMay } from '~/session/session'
import classes from './expression.module.css'
import { useUpstream } from './useUpstream'
import { statusesInWords } from './words'

type Day = string | null | undefined
type Part<Kind> = Extract<ExpressionView, { kind: Kind }>
type Props = { expression: ExpressionView; day: Day; environment: string }

/** An expression as a tree: what is met, by which run, and what is waited for. */
export function Expression(props: Props) {
  return (
    <ul className={classes.tree}>
      <Node {...props} />
    </ul>
  )
}

function Node({ expression, day, environment }: Props) {
  return (
    <li data-met={expression.met}>
      {expression.kind === 'is' ? (
        <Condition condition={expression} day={day} environment={environment} />
      ) : (
        <Block block={expression} day={day} environment={environment} />
      )}
    </li>
  )
}

function Block({ block, day, environment }: { block: Part<'all' | 'any'>; day: Day; environment: string }) {
  const met = block.parts.filter((part) => part.met).length
  return (
    <>
      <Mark met={block.met} />
      <Text span size="sm" fw={600}>
        {block.kind === 'all' ? 'all of' : 'any of'}
      </Text>
      <Text span size="sm" c="var(--polder-muted)">
        {' '}
        {met} of {block.parts.length} met
      </Text>
      <ul className={classes.tree}>
        {block.parts.map((part, place) => (
          <Node key={keyOf(part, place)} expression={part} day={day} environment={environment} />
        ))}
      </ul>
    </>
  )
}

const keyOf = (part: ExpressionView, place: number) =>
  part.kind === 'is' ? `${part.team}/${part.pipeline}${place}` : `${part.kind}${place}`

function Mark({ met }: { met: boolean }) {
  const Icon = met ? IconCircleCheck : IconCircleDashed
  return (
    <span
      role="img"
      aria-label={met ? 'met' : 'not met yet'}
      title={met ? 'met' : 'not met yet'}
      className={classes.mark}
    >
      <Icon size={18} aria-hidden />
    </span>
  )
}

function Condition({ condition, day, environment }: { condition: Part<'is'>; day: Day; environment: string }) {
  const { team, pipeline, statuses, event, exists, met } = condition
  const mayLook = useMay('viewer', team)
  return (
    <>
      <Mark met={met} />
      <span>
        {exists && mayLook ? (
          <PipelineLink team={team} name={pipeline} environment={environment} size="sm" />
        ) : (
          <Text span size="sm">
            {team}/{pipeline}
          </Text>
        )}
        <Text span size="sm">
          {' '}
          {met ? 'has' : 'has not'} {statusesInWords(statuses)}
        </Text>
      </span>
      <Text size="sm" component="div" className={classes.below}>
        {event && (
          <>
            {mayLook ? (
              <RunLink id={event.run} size="sm">
                its run of {logicalDate(event)}
              </RunLink>
            ) : (
              `its run of ${logicalDate(event)}`
            )}
            , <TimeAgo at={event.at} />
          </>
        )}
        {!event && <Instead condition={condition} day={day} environment={environment} mayLook={mayLook} />}
      </Text>
    </>
  )
}

/** What there is while it is not met. Nothing is said of runs that one may not see: they look as if there were none. */
function Instead({ mayLook, ...props }: NewestProps & { mayLook: boolean }) {
  const { exists, team } = props.condition
  if (!exists) return 'No such pipeline is deployed here.'
  if (!mayLook) return `It belongs to ${team}, whose pipelines you may not see.`
  return <Newest {...props} />
}

type NewestProps = { condition: Part<'is'>; day: Day; environment: string }

/** What there is of the upstream pipeline instead: that is where to look next. */
function Newest({ condition, day, environment }: NewestProps) {
  const { run, ofDay, known } = useUpstream(condition, day, environment)
  if (!known) return null
  if (!run) return <>It has never run.</>
  const [of, notYet] = [logicalDate(run), day && !ofDay]
  return (
    <span className={classes.newest}>
      {notYet ? `No run of ${day} yet; its newest,` : day ? 'Its run' : 'Its newest run,'}{' '}
      <RunLink id={run.id} size="sm">
        of {of}
      </RunLink>
      <StatusBadge status={run.status} size="sm" />
      <TimeAgo at={run.ended_at ?? run.created_at} />
    </span>
  )
}
