import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { SecretView } from '~/api/schema'
import { PipelineLink } from '~/kit/Links'
import { partsOf } from './names'

/** So many are shown before one asks for the rest. */
const SHOWN = 3

type Props = { secret: Pick<SecretView, 'used_by' | 'environment'>; all?: boolean }

/** The pipelines that ask for a secret. */
export function UsedBy({ secret, all: allAtFirst = false }: Props) {
  const [all, setAll] = useState(allAtFirst)
  const shown = all ? secret.used_by : secret.used_by.slice(0, SHOWN)
  const rest = secret.used_by.length - shown.length
  if (shown.length === 0)
    return (
      <Text span inherit c="var(--polder-muted)">
        no pipeline
      </Text>
    )
  return (
    <Group gap="2px 8px">
      {shown.map((pipeline) => (
        <PipelineLink
          key={pipeline}
          {...partsOf(pipeline)}
          environment={secret.environment}
          inherit
          style={{ overflowWrap: 'anywhere' }}
        />
      ))}
      {rest > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
          {rest} more
        </Button>
      )}
    </Group>
  )
}
