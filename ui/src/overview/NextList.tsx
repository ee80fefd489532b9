import type { NextRun } from '~/api/schema'
import { PipelineLink } from '~/kit/Links'
import { Upcoming } from '~/kit/Times'
import classes from './overview.module.css'

/** The next ticks of schedules, in the viewer's zone. */
export function NextList({ next }: { next: NextRun[] }) {
  return (
    <ul className={classes.list}>
      {next.map(({ team, pipeline, pipeline_id, at, meaning }) => (
        <li key={`${pipeline_id} ${at}`} className={classes.next} title={meaning}>
          <PipelineLink team={team} name={pipeline} className={classes.name} size="sm" />
          <span className={classes.when}>
            <Upcoming at={at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
