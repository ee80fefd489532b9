import { Badge, Group } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import type { PipelineView } from '~/api/schema'
import { To } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'
import { Actions } from './Actions'
import { State } from './State'

/** What the pipeline is, how it stands, and what can be done with it. */
export function PipelineHeader({ pipeline, tab }: { pipeline: PipelineView; tab: string | undefined }) {
  const { team, name } = pipeline
  return (
    <PageHeader
      title={name}
      tab={`${team}/${name}${tab ? ` · ${tab}` : ''}`}
      above={<To to={`/pipelines?team=${encodeURIComponent(team)}`}>{team}</To>}
      beside={<State pipeline={pipeline} />}
      below={<About pipeline={pipeline} />}
      actions={<Actions pipeline={pipeline} />}
    />
  )
}

function About({ pipeline }: { pipeline: PipelineView }) {
  const labels = Object.entries(pipeline.labels)
  return (
    <>
      {pipeline.description}
      <Group gap="xs" mt={4}>
        {pipeline.owner && (
          <Group gap={4} wrap="nowrap">
            <IconUser size={14} aria-hidden />
            <span title="Owner">{pipeline.owner}</span>
          </Group>
        )}
        {labels.map(([key, value]) => (
          <Badge key={key} variant="default" tt="none" fw={500} maw="100%">
            {key}={value}
          </Badge>
        ))}
      </Group>
    </>
  )
}
