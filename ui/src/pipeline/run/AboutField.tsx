import { Input, SegmentedControl, TextInput } from '@mantine/core'
import { useId } from 'react'
import { ZONE } from '~/kit/time'
import type { About } from './fields'

type Props = { about: About; timezone: string; onChange: (about: About) => void }

const KINDS = [
  { value: 'now', label: 'Now' },
  { value: 'day', label: 'A day' },
  { value: 'instant', label: 'An instant' },
]

/** What the run is about. */
export function AboutField({ about, timezone, onChange }: Props) {
  const id = useId()
  return (
    <Input.Wrapper
      label="Logical date"
      labelElement="div"
      labelProps={{ id }}
      description="What the run is about: the day or the time that its steps are told."
    >
      <SegmentedControl
        aria-labelledby={id}
        data={KINDS}
        value={about.kind}
        onChange={(kind) => onChange({ ...about, kind: kind as About['kind'] })}
        mt={6}
        fullWidth
      />
      {about.kind === 'day' && (
        <TextInput
          type="date"
          mt="xs"
          label={`Day, in ${timezone}`}
          value={about.day}
          onChange={(event) => onChange({ ...about, day: event.currentTarget.value })}
        />
      )}
      {about.kind === 'instant' && (
        <TextInput
          type="datetime-local"
          step={1}
          mt="xs"
          label={`Instant, in your zone (${ZONE})`}
          value={about.instant}
          onChange={(event) => onChange({ ...about, instant: event.currentTarget.value })}
        />
      )}
    </Input.Wrapper>
  )
}
