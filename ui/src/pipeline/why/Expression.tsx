import { Text } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { ExpressionView } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { useMay } from '~/session/session'
import classes from './expression.module.css'
import { type About, Instead } from './Instead'
import { countOfMet, verdict } from './words'

type Part<Kind> = Extract<ExpressionView, { kind: Kind }>
type Props = { expression: ExpressionView; about: About }

/** An expression as a tree: what is met, by which run, and what is waited for. */
export function Expression(props: Props) {
  return (
    <ul className={classes.tree}>
      <Node {...props} />
    </ul>
  )
}

function Node({ expression, about }: Props) {
  return (
    <li data-met={expression.met}>
      {expression.kind === 'is' ? (
        <Condition condition={expression} about={about} />
      ) : (
        <Block block={expression} about={about} />
      )}
    </li>
  )
}

function Block({ block, about }: { block: Part<'all' | 'any'>; about: About }) {
  return (
    <>
      <Mark met={block.met} />
      <Text span size="sm" fw={600}>
        {block.kind === 'all' ? 'all of these' : 'any of these'}
      </Text>
      <Text span size="sm" c="var(--polder-muted)">
        {' '}
        {countOfMet(block.parts)}
      </Text>
      <ul className={classes.tree}>
        {block.parts.map((part, place) => (
          <Node key={keyOf(part, place)} expression={part} about={about} />
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

function Condition({ condition, about }: { condition: Part<'is'>; about: About }) {
  const { team, pipeline, event, exists, met } = condition
  const mayLook = useMay('viewer', team)
  return (
    <>
      <Mark met={met} />
      <span>
        {exists && mayLook ? (
          <PipelineLink team={team} name={pipeline} environment={about.environment} size="sm" />
        ) : (
          <Text span size="sm">
            {team}/{pipeline}
          </Text>
        )}
        <Text span size="sm">
          {' '}
          {verdict(condition, about)}
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
        {!event && <Instead condition={condition} about={about} mayLook={mayLook} />}
      </Text>
    </>
  )
}
