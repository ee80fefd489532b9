import { Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import type { HeldBack } from '~/api/schema'
import { PipelineLink } from '~/kit/Links'
import { type Part, pipelinePart } from '~/runs/parts'
import { Sentence } from '~/runs/Sentence'
import { useGrants } from '~/session/rights'
import { may } from '~/session/session'
import classes from './overview.module.css'

/** What waits for something that failed elsewhere, and for what. */
export function HeldList({ held }: { held: HeldBack[] }) {
  const grants = useGrants()
  return (
    <ul className={classes.list}>
      {held.map((one) => (
        <li key={`${one.team}/${one.pipeline} ${one.by} ${one.day}`} className={classes.card} data-kind="late">
          <IconHourglass size={18} stroke={1.8} aria-hidden className={classes.lateIcon} />
          <div>
            <PipelineLink team={one.team} name={one.pipeline} fw={600} />
            <Text size="sm" component="p" m={0}>
              <Sentence parts={sayHeld(one, may(grants, 'viewer', teamOf(one.by)))} />
            </Text>
          </div>
        </li>
      ))}
    </ul>
  )
}

const teamOf = (name: string) => name.slice(0, name.indexOf('/'))

/** Of what one may not see, the name is told and nothing else. */
export function sayHeld({ team, by, day, mending }: HeldBack, mayLook: boolean): Part[] {
  const what = mayLook ? pipelinePart(by, team) : by
  const how = mending ? ', which failed and runs again' : ', which failed'
  return ['Waits for ', what, day ? ` for ${day}` : '', mayLook ? how : ', of another team']
}
