import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { explain } from '~/api/problem'
import { Empty } from '~/kit/Empty'
import { Failure } from '~/kit/Failure'
import { count, counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import type { Answer } from './answer'
import type { Asked } from './ask'
import { ChartView } from './chart/ChartView'
import { Download } from './Download'
import { Rows } from './grid/Rows'
import { lineAt, spanOf } from './mistake'
import type { Asking } from './useAsking'

/** What became of the query. */
export function Outcome({ asking }: { asking: Asking }) {
  if (asking.state === 'failed') return <Failed asked={asking.asked} error={asking.error} />
  if (asking.state === 'answered') return <Answered key={asking.took} asked={asking.asked} answer={asking.answer} />
  return null
}

function Failed({ asked, error }: { asked: Asked; error: unknown }) {
  const span = spanOf(asked.sql, error)
  const { title } = explain(error)
  return (
    <Stack gap={4}>
      {span && !/\bline:? \d/i.test(title) && (
        <Text size="sm" c="var(--polder-red)">
          Line {lineAt(asked.sql, span.from)}:
        </Text>
      )}
      <Failure error={error} />
    </Stack>
  )
}

const VIEWS = [
  { value: 'rows', label: 'Rows' },
  { value: 'chart', label: 'Chart' },
]

function Answered({ asked, answer }: { asked: Asked; answer: Answer }) {
  const [view, setView] = useUrl('view', 'rows')
  const { columns, rows } = answer
  if (rows.length === 0) return <Empty title="No rows">It has {counted(columns.length, 'column')}.</Empty>
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <SegmentedControl size="xs" data={VIEWS} value={view} onChange={setView} aria-label="How to show the rows" />
          <Text size="sm">{summary(answer)}</Text>
        </Group>
        <Download asked={asked} all={answer.truncated} />
      </Group>
      {view === 'chart' ? (
        <ChartView answer={answer} />
      ) : (
        <Rows label="Rows" answer={answer} maxHeight="max(320px, calc(100dvh - 460px))" />
      )}
    </Stack>
  )
}

function summary({ columns, rows, truncated }: Answer): string {
  if (truncated) return `The first ${count(rows.length)} rows; there are more.`
  return `${counted(rows.length, 'row')}, ${counted(columns.length, 'column')}`
}
