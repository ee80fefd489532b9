import { NavLink } from 'react-router'
import { pipelinePath, within } from '~/kit/Links'
import classes from './tabs.module.css'
import type { Name } from './usePipeline'

type Props = { name: Name; current: string; views: { key: string; title: string }[] }

/** The views of a pipeline: links, so that each can be sent to somebody. */
export function Tabs({ name, current, views }: Props) {
  const path = pipelinePath(name.team, name.name)
  return (
    <nav aria-label="Views of this pipeline" className={classes.tabs}>
      {views.map(({ key, title }) => (
        <NavLink
          key={key}
          end
          to={within(name.environment, key === 'overview' ? path : `${path}/${key}`)}
          className={classes.tab}
          aria-current={key === current ? 'page' : undefined}
          data-current={key === current}
        >
          {title}
        </NavLink>
      ))}
    </nav>
  )
}
