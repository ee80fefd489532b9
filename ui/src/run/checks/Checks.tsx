import { Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useGet } from '~/api/queries'
import type { Attempt, Run, StepRun } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { Failure } from '~/kit/Failure'
import { SearchField } from '~/kit/SearchField'
import { counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { CheckLine } from './CheckLine'
import { keyOf, type Line, linesOf, matching, verdictOf } from './order'

type Props = { run: Run; step: StepRun; attempt: Attempt | undefined }

/** More are there when they are asked for. */
const PAGE = 200
/** How often it is looked what has ended, in milliseconds. */
const OFTEN = 1_500

/** What became of each model and each test of a step; what did not pass comes first. */
export function Checks({ run, step, attempt }: Props) {
  const live = !run.terminal && !attempt?.ended_at
  const path = { id: run.id, step: step.name }
  const query = attempt ? { epoch: attempt.epoch } : {}
  const checks = useGet('/api/v1/runs/{id}/steps/{step}/checks', {
    params: { path, query },
    placeholderData: undefined,
    ...(live && { refetchInterval: OFTEN }),
  })
  if (checks.error) return <Failure error={checks.error} />
  if (!checks.data) return null
  const lines = linesOf(checks.data)
  if (lines.length === 0) return <None live={live} />
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm" role="status">
          {verdictOf(lines, !live, step.name)}
        </Text>
        <SearchField label="Search models and tests" name="check" width={240} />
      </Group>
      <Lines run={run} step={step} lines={lines} />
    </Stack>
  )
}

function Lines({ run, step, lines }: { run: Run; step: StepRun; lines: Line[] }) {
  const [search] = useUrl('check')
  const [most, setMost] = useState(PAGE)
  const found = matching(lines, search)
  if (found.length === 0) return <Empty title={`No model and no test has “${search}” in its name`} />
  return (
    <>
      <Table aria-label={`Models and tests of ${step.name}`} verticalSpacing={6} layout="fixed" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <VisuallyHidden>State</VisuallyHidden>
            </Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th w={76} ta="right">
              Rows
            </Table.Th>
            <Table.Th w={84} ta="right">
              Took
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.slice(0, most).map((line) => (
            <CheckLine key={keyOf(line)} run={run} line={line} alone={found.length === 1} />
          ))}
        </Table.Tbody>
      </Table>
      {found.length > most && (
        <Button variant="default" size="xs" onClick={() => setMost(most + PAGE)}>
          {counted(found.length - most, 'more')}
        </Button>
      )}
    </>
  )
}

const None = ({ live }: { live: boolean }) =>
  live ? (
    <Empty title="Nothing has ended yet">Each model and each test appears here as it ends.</Empty>
  ) : (
    <Empty title="Nothing was told">The step ended before any of its models did; its log says why.</Empty>
  )
