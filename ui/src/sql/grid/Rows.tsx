import { Stack } from '@mantine/core'
import { useState } from 'react'
import type { Answer } from '../answer'
import { Detail } from './Detail'
import { Grid } from './Grid'
import type { Place } from './moves'

type Props = { label: string; answer: Pick<Answer, 'columns' | 'rows'>; maxHeight: number | string }

/** The rows, and all of what is pointed at. Give it another `key` for another answer. */
export function Rows({ label, answer, maxHeight }: Props) {
  const [active, setActive] = useState<Place>()
  return (
    <Stack gap="xs">
      <Grid label={label} answer={answer} active={active} onActive={setActive} maxHeight={maxHeight} />
      {active && <Detail answer={answer} at={active} onClose={() => setActive(undefined)} />}
    </Stack>
  )
}
