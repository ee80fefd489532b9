import { Group, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Empty } from '~/kit/Empty'
import { count } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import type { Answer } from '../answer'
import { classOf } from '../types'
import { Chart } from './Chart'
import { proposed, seriesOf } from './series'

const KINDS = [
  { value: 'bar', label: 'Bars' },
  { value: 'line', label: 'Line' },
]

/** One column over another, which ones stands in the address. */
export function ChartView({ answer }: { answer: Answer }) {
  const { columns } = answer
  const guess = useMemo(() => proposed(columns), [columns])
  const [x, setX] = useColumn('x', columns, guess?.x)
  const [y, setY] = useColumn('y', columns, guess?.y)
  const usual = classOf(columns[x]?.type ?? '') === 'time' ? 'line' : 'bar'
  const [chosen, setKind] = useUrl('chart', usual)
  const kind = chosen === 'line' ? 'line' : 'bar'
  const series = useMemo(() => seriesOf(answer, x, y, kind), [answer, x, y, kind])
  if (!guess) return <Empty title="There is no column of numbers to draw" />
  const names = columns.map(({ name }) => name)
  const numbers = columns.filter(({ type }) => classOf(type) === 'number').map(({ name }) => name)
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <SegmentedControl size="xs" data={KINDS} value={kind} onChange={setKind} aria-label="Bars or a line" />
        <Choose label="Across" names={names} value={columns[x]?.name} onChoose={setX} />
        <Choose label="Up" names={numbers} value={columns[y]?.name} onChoose={setY} />
      </Group>
      <Chart label={`${columns[y]?.name} by ${columns[x]?.name}`} series={series} kind={kind} />
      {series.left > 0 && (
        <Text size="sm" c="var(--polder-muted)">
          The first {count(series.points.length)} of {count(series.points.length + series.left)} rows are drawn.
        </Text>
      )}
    </Stack>
  )
}

function useColumn(name: string, columns: Answer['columns'], guess = 0): [number, (name: string) => void] {
  const [chosen, set] = useUrl(name)
  const place = columns.findIndex((column) => column.name === chosen)
  return [place >= 0 ? place : guess, set]
}

type ChooseProps = { label: string; names: string[]; value: string | undefined; onChoose: (name: string) => void }

function Choose({ label, names, value, onChoose }: ChooseProps) {
  return (
    <Group gap={6} wrap="nowrap" component="label">
      <Text size="sm" span>
        {label}
      </Text>
      <NativeSelect
        size="xs"
        maw={220}
        data={names}
        value={value ?? ''}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
    </Group>
  )
}
