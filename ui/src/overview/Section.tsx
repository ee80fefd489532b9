import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { To } from '~/kit/Links'
import { count } from '~/kit/units'
import classes from './overview.module.css'

type Props = {
  /** What the figure above leads to. */
  id: string
  title: string
  total?: number
  /** Where all of them are listed. */
  all?: string
  beside?: ReactNode
  children: ReactNode
}

/** A part of the overview that can be linked to. */
export function Section({ id, title, total, all, beside, children }: Props) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={classes.section}>
      <Group justify="space-between" mb={8} gap="xs" wrap="nowrap">
        <Title order={2} size="h5" id={`${id}-title`}>
          {title}
          {total !== undefined && total > 0 && (
            <Text span inherit fw={400} c="var(--polder-muted)">
              {` ${count(total)}`}
            </Text>
          )}
        </Title>
        {beside}
        {all && (
          <To to={all} size="xs" aria-label={`All that is ${title.toLowerCase()}`}>
            all
          </To>
        )}
      </Group>
      {children}
    </section>
  )
}

/** Said where a part has nothing to show. */
export function Quiet({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="var(--polder-muted)">
      {children}
    </Text>
  )
}
