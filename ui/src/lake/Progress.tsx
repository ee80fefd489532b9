import { Table } from '@mantine/core'
import { useGet } from '~/api/queries'
import type { Attempt, Run, StepRun } from '~/api/schema'
import { bytes, count, elapsed } from '~/kit/units'

type Props = { run: Run; step: StepRun; attempt: Attempt | undefined }

/** How often it is looked how far it is, in milliseconds. */
const OFTEN = 1_500

/** How far a step is with the tables that it writes. Once it has ended, what it has published says more. */
export function Progress({ run, step, attempt }: Props) {
  const live = attempt?.started_at && !attempt.ended_at && !run.terminal
  return live ? <SoFar run={run} step={step} attempt={attempt} /> : null
}

function SoFar({ run, step, attempt }: Props & { attempt: Attempt }) {
  const checks = useGet('/api/v1/runs/{id}/steps/{step}/checks', {
    params: { path: { id: run.id, step: step.name }, query: { epoch: attempt.epoch } },
    refetchInterval: OFTEN,
  })
  const tables = checks.data?.epoch === attempt.epoch ? (checks.data.tables ?? []) : []
  if (tables.length === 0) return null
  return (
    <Table aria-label={`Tables of ${step.name} so far`} verticalSpacing={4} layout="fixed" mb="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Table</Table.Th>
          <Table.Th w={130} ta="right">
            Rows so far
          </Table.Th>
          <Table.Th w={100} ta="right">
            Written
          </Table.Th>
          <Table.Th w={90} ta="right">
            For
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tables.map(({ table, rows, bytes: size, milliseconds }) => (
          <Table.Tr key={table}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{table}</Table.Td>
            <Table.Td ta="right">{count(rows)}</Table.Td>
            <Table.Td ta="right">{typeof size === 'number' ? bytes(size) : '-'}</Table.Td>
            <Table.Td ta="right">{elapsed(milliseconds / 1000)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
