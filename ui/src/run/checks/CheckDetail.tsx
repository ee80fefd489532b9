import { Anchor, Group, Stack, Text } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import type { BadRows, Run } from '~/api/schema'
import { counted } from '~/kit/units'
import type { Cell } from '~/sql/answer'
import { Rows } from '~/sql/grid/Rows'
import { sqlPath } from '~/sql/link'
import classes from './checks.module.css'
import type { Line } from './order'

const CodeView = lazy(() => import('~/kit/code/CodeView'))

/** Why, which rows, and what was asked. */
export function CheckDetail({ run, line }: { run: Run; line: Line }) {
  const { message, found, sql, file } = line
  return (
    <Stack gap="xs" className={classes.inside}>
      {message && (
        <Text size="sm" className={classes.message}>
          {message}
        </Text>
      )}
      {found && <Found line={line} found={found} />}
      <Group gap="md">
        <Text size="sm" c="var(--polder-muted)" style={{ overflowWrap: 'anywhere' }}>
          {file}
        </Text>
        {sql && <Sql line={line} sql={sql} run={run} />}
      </Group>
    </Stack>
  )
}

/** They come as text, whatever they are in the table; an older version did not tell the types. */
function Found({ line, found }: { line: Line; found: BadRows }) {
  const columns = found.columns.map((name, at) => ({ name, type: found.types?.[at] ?? '' }))
  const all = line.rows ?? found.rows.length
  const shown =
    found.rows.length < all ? `The first ${found.rows.length} of ${counted(all, 'row')}` : counted(all, 'row')
  return (
    <Stack gap={4}>
      <Text size="sm">{shown} that must not be there:</Text>
      <Rows label={`Rows that ${line.name} found`} answer={{ columns, rows: found.rows as Cell[][] }} maxHeight={260} />
    </Stack>
  )
}

function Sql({ line, sql, run }: { line: Line; sql: string; run: Run }) {
  const [shown, setShown] = useState(false)
  const place = { environment: run.environment, ...(run.status !== 'SUCCEEDED' && { branch: run.id }) }
  return (
    <>
      <Anchor component="button" size="sm" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? 'Hide its SQL' : 'Show its SQL'}
      </Anchor>
      <Anchor component={Link} size="sm" to={sqlPath(sql, place)}>
        Open in the editor
      </Anchor>
      {shown && (
        <div className={classes.sql}>
          <Suspense>
            <CodeView text={sql} language="sql" label={`SQL of ${line.name}`} maxHeight={320} />
          </Suspense>
        </div>
      )}
    </>
  )
}
