import { Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { Project } from '~/api/schema'
import { useUrl } from '~/kit/useUrl'
import classes from './files.module.css'

/** From so many projects on, they can be looked for. */
const MANY = 12

/** The projects, to see the revisions of one only. */
export function Projects({ projects }: { projects: Project[] }) {
  const [chosen] = useUrl('project')
  const [text, setText] = useState('')
  const found = projects.filter((project) => nameOf(project).includes(text.trim().toLowerCase()))
  return (
    <nav aria-label="Projects">
      <Title order={2} size="h5" mb="xs">
        Projects
      </Title>
      {projects.length > MANY && (
        <TextInput
          size="xs"
          mb="xs"
          aria-label="Search projects"
          placeholder="Search projects"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div className={classes.list}>
        <ul>
          <Entry project="" current={chosen === ''} />
          {found.map((project) => (
            <Entry key={project.id} project={nameOf(project)} current={nameOf(project) === chosen} />
          ))}
        </ul>
      </div>
      {projects.length === 0 && (
        <Text size="sm" c="var(--polder-muted)">
          There is none in this environment.
        </Text>
      )}
    </nav>
  )
}

const nameOf = ({ team, name }: Project) => `${team}/${name}`

function Entry({ project, current }: { project: string; current: boolean }) {
  const [params] = useSearchParams()
  const next = new URLSearchParams(params)
  if (project) next.set('project', project)
  else next.delete('project')
  return (
    <li>
      <Link to={`?${next}`} className={classes.file} aria-current={current ? 'true' : undefined}>
        {project || 'All projects'}
      </Link>
    </li>
  )
}
