import { IconAlertOctagon, IconClockExclamation, IconHourglass, IconPlayerPlay } from '@tabler/icons-react'
import { count } from '~/kit/units'
import classes from './overview.module.css'
import type { Standing } from './standing'

const FIGURES = [
  { name: 'broken', to: '#broken', icon: IconAlertOctagon },
  { name: 'late', to: '#late', icon: IconClockExclamation },
  { name: 'running', to: '#running', icon: IconPlayerPlay },
  { name: 'queued', to: '#running', icon: IconHourglass },
] as const

/** How it stands in four numbers; each leads to what it counts. */
export function Figures({ standing }: { standing: Standing }) {
  return FIGURES.map(({ name, to, icon: Icon }) => {
    const value = standing[name]
    return (
      <a
        key={name}
        href={value > 0 ? to : undefined}
        className={classes.figure}
        data-figure={name}
        data-some={value > 0}
      >
        <span className={classes.number}>{count(value)}</span>
        <span className={classes.word}>
          <Icon size={15} stroke={2} aria-hidden />
          {name}
        </span>
      </a>
    )
  })
}
