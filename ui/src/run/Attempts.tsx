import { Group, SegmentedControl } from '@mantine/core'
import type { Attempt, StepRun } from '~/api/schema'
import { StatusIcon } from '~/kit/StatusBadge'
import { statusOf } from './selection'

type Props = { step: StepRun; attempt: Attempt; select: (step: string, epoch?: number) => void }

/** Each try of a step. */
export function Attempts({ step, attempt, select }: Props) {
  const data = step.attempts.map((one) => ({
    value: String(one.epoch),
    label: (
      <Group gap={4} wrap="nowrap">
        <StatusIcon status={statusOf(step, one)} size={14} />
        attempt {one.epoch}
      </Group>
    ),
  }))
  return (
    <SegmentedControl
      size="xs"
      data={data}
      value={String(attempt.epoch)}
      onChange={(epoch) => select(step.name, Number(epoch))}
      aria-label="Attempt"
      style={{ overflowX: 'auto', maxWidth: '100%' }}
    />
  )
}
