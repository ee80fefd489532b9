import { Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import type { HeldBack } from '~/api/schema'
import { PipelineLink } from '~/kit/Links'
import { heldByOne, type Sight, sayHeld } from '~/runs/held'
import { Sentence } from '~/runs/Sentence'
import classes from './overview.module.css'

/** What waits for something that failed elsewhere, and for what. */
export function HeldList({ held, sight }: { held: HeldBack[]; sight: Sight }) {
  return (
    <ul className={classes.list}>
      {heldByOne(held).map((group) => (
        <Entry key={keyOf(group)} group={group} sight={sight} />
      ))}
    </ul>
  )
}

const keyOf = ([one]: HeldBack[]) => (one ? `${one.team}/${one.pipeline} ${one.by}` : '')

function Entry({ group, sight }: { group: HeldBack[]; sight: Sight }) {
  const [one] = group
  if (!one) return null
  return (
    <li className={classes.card} data-kind="late">
      <IconHourglass size={18} stroke={1.8} aria-hidden className={classes.lateIcon} />
      <div>
        <PipelineLink team={one.team} name={one.pipeline} fw={600} />
        <Text size="sm" component="p" m={0}>
          <Sentence parts={sayHeld(group, sight)} />
        </Text>
      </div>
    </li>
  )
}
