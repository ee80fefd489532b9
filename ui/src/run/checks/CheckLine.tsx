import { Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { Run } from '~/api/schema'
import { Names } from '~/kit/Names'
import { StatusIcon } from '~/kit/StatusBadge'
import { count, duration } from '~/kit/units'
import { CheckDetail } from './CheckDetail'
import classes from './checks.module.css'
import type { Line } from './order'

/** One model or test. What did not pass is open from the start, as is one that is looked for. */
export function CheckLine({ run, line, alone }: { run: Run; line: Line; alone: boolean }) {
  const [opened, setOpened] = useState<boolean>()
  const { status } = line
  const open = opened ?? (alone || status === 'failed' || status === 'broken')
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <StatusIcon status={status} />
        </Table.Td>
        <Table.Td>
          <UnstyledButton className={classes.name} aria-expanded={open} onClick={() => setOpened(!open)}>
            <Icon size={14} aria-hidden className={classes.mark} />
            <Text span size="sm">
              <span className={classes.what}>{line.what}</span> <Names text={line.name} />
            </Text>
          </UnstyledButton>
        </Table.Td>
        <Table.Td ta="right">{line.rows === null ? '' : count(line.rows)}</Table.Td>
        <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
          {status === 'skipped' ? '' : duration(line.seconds)}
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={4} className={classes.detail}>
            <CheckDetail run={run} line={line} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}
