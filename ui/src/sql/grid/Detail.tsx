import { Box, Button, CloseButton, CopyButton, Group, Text } from '@mantine/core'
import { count } from '~/kit/units'
import type { Answer } from '../answer'
import { tabbed, textOf } from '../answer'
import { inSql } from '../types'
import classes from './grid.module.css'
import { type Place, WHOLE_ROW } from './moves'

type Props = { answer: Pick<Answer, 'columns' | 'rows'>; at: Place; onClose: () => void }

/** All of the value, or of the row, that is pointed at. */
export function Detail({ answer: { columns, rows }, at, onClose }: Props) {
  const cells = rows[at.row] ?? []
  const column = columns[at.column]
  const whole = at.column === WHOLE_ROW
  return (
    <section className={classes.detail} aria-label="What is pointed at">
      <Group justify="space-between" gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Row {count(at.row + 1)}
          {column && (
            <>
              , <strong>{column.name}</strong> <span className={classes.type}>{inSql(column.type)}</span>
            </>
          )}
        </Text>
        <Group gap={6} wrap="nowrap">
          {!whole && <Copy label="Copy the value" text={textOf(cells[at.column])} />}
          <Copy label="Copy the row" text={tabbed(cells)} />
          <CloseButton size="sm" aria-label="Close" onClick={onClose} />
        </Group>
      </Group>
      {whole ? <Fields columns={columns} cells={cells} /> : <Value cell={cells[at.column]} />}
    </section>
  )
}

/** What scrolls can be reached without a mouse. */
function Value({ cell }: { cell: Answer['rows'][number][number] | undefined }) {
  if (cell === null) return <span className={classes.null}>null</span>
  if (cell === '') return <span className={classes.null}>text without letters</span>
  return (
    <Box component="pre" className={classes.value} tabIndex={0}>
      {textOf(cell)}
    </Box>
  )
}

function Fields({ columns, cells }: { columns: Answer['columns']; cells: Answer['rows'][number] }) {
  return (
    <Box component="dl" className={classes.fields} tabIndex={0}>
      {columns.map(({ name }, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
        <div key={column}>
          <dt>{name}</dt>
          <dd>{cells[column] === null ? <span className={classes.null}>null</span> : textOf(cells[column])}</dd>
        </div>
      ))}
    </Box>
  )
}

function Copy({ label, text }: { label: string; text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy}>
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  )
}
