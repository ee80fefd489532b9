import { Group, UnstyledButton } from '@mantine/core'
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconClockExclamation,
  IconClockPause,
  IconHourglass,
  IconPlayerPlay,
} from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { HeldBack, TeamOverview } from '~/api/schema'
import classes from './overview.module.css'
import { byNeed, heldBack, type Worst, worst } from './standing'

/** More than these are shown when asked for. */
const MOST = 8
const MARKS: Record<Worst, typeof IconHourglass> = {
  broken: IconAlertOctagon,
  late: IconClockExclamation,
  'held back': IconHourglass,
  running: IconPlayerPlay,
  queued: IconClockPause,
  well: IconCircleCheck,
}

type Props = { teams: TeamOverview[]; heldBack: HeldBack[]; chosen: string }

/** The teams, those that need somebody first; each narrows the overview to itself. */
export function Teams({ teams, heldBack: all, chosen }: Props) {
  const [opened, setOpened] = useState(false)
  if (teams.length < 2 && !chosen) return null
  const ordered = byNeed(teams, all)
  const shown = opened ? ordered : ordered.filter(({ team }, place) => place < MOST || team === chosen)
  const hidden = ordered.length - shown.length
  return (
    <nav aria-label="Teams">
      <Group gap={6}>
        <Chip chosen={!chosen}>all teams</Chip>
        {shown.map((one) => (
          <Team key={one.team} team={one} held={heldBack(all, one.team)} chosen={one.team === chosen} />
        ))}
        {hidden > 0 && (
          <UnstyledButton className={classes.chip} onClick={() => setOpened(true)}>
            {hidden} more
          </UnstyledButton>
        )}
      </Group>
    </nav>
  )
}

function Team({ team, held, chosen }: { team: TeamOverview; held: number; chosen: boolean }) {
  const [state, number] = worst(team, held)
  const Icon = MARKS[state]
  const said = state === 'well' ? 'all is well' : `${number} ${state}`
  return (
    <Chip team={team.team} chosen={chosen} title={`${team.team}: ${said}`}>
      {team.team}
      <span className={classes.mark} data-figure={state}>
        <Icon size={14} stroke={2.2} aria-label={said} role="img" />
        {number > 0 && <span aria-hidden>{number}</span>}
      </span>
    </Chip>
  )
}

type ChipProps = { team?: string; chosen: boolean; title?: string; children: React.ReactNode }

function Chip({ team, chosen, title, children }: ChipProps) {
  const [params] = useSearchParams()
  const next = new URLSearchParams(params)
  if (team) next.set('team', team)
  else next.delete('team')
  return (
    <Link
      to={{ search: next.toString() }}
      className={classes.chip}
      aria-current={chosen ? 'true' : undefined}
      title={title}
      preventScrollReset
    >
      {children}
    </Link>
  )
}
