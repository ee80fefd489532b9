import { Stack, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { Unbroken } from '~/kit/Unbroken'

/** A part of a page under its own heading. */
export function Section({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <Stack component="section" gap="sm" aria-labelledby={id} miw={0}>
      <Title order={2} size="h4" id={id}>
        <Unbroken text={title} />
        {beside}
      </Title>
      {children}
    </Stack>
  )
}
