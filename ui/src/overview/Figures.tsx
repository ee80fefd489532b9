import { IconAlertOctagon, IconClockExclamation, IconHourglass, IconPlayerPlay } from '@tabler/icons-react'
import { Hint } from '~/kit/Hint'
import { count } from '~/kit/units'
import classes from './overview.module.css'
import type { Standing } from './standing'

const FIGURES = [
  { name: 'broken', to: '#broken', icon: IconAlertOctagon, means: 'Pipelines with a failure that nobody has mended' },
  {
    name: 'late',
    to: '#late',
    icon: IconClockExclamation,
    means: 'What should have happened and has not: times that were missed, runs that wait or take unusually long',
  },
  { name: 'running', to: '#running', icon: IconPlayerPlay, means: 'Runs that are at work' },
  { name: 'queued', to: '#running', icon: IconHourglass, means: 'Runs that wait for their turn' },
] as const

/** How it stands in four numbers; each leads to what it counts. */
export function Figures({ standing }: { standing: Standing }) {
  return FIGURES.map(({ name, to, icon: Icon, means }) => {
    const value = standing[name]
    return (
      <Hint key={name} label={means}>
        <a href={value > 0 ? to : undefined} className={classes.figure} data-figure={name} data-some={value > 0}>
          <span className={classes.number}>{count(value)}</span>
          <span className={classes.word}>
            <Icon size={15} stroke={2} aria-hidden />
            {name}
          </span>
        </a>
      </Hint>
    )
  })
}
