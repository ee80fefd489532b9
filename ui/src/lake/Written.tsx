import { Anchor, List, Text } from '@mantine/core'
import { Link } from 'react-router'
import { useGet } from '~/api/queries'
import type { BranchTable } from '~/api/schema'
import { Names } from '~/kit/Names'
import { counted } from '~/kit/units'
import { sqlPath } from '~/sql/link'
import { selectFrom } from '~/sql/names'

/** Rows that one sees of a table at first. */
const ROWS = 100

/** What was written on a branch; one that is not there, or not any more, is an error. */
export const useWritten = (branch: string) =>
  useGet('/api/v1/lake/branches/{name}/tables', { params: { path: { name: branch } }, placeholderData: undefined })

type Props = { tables: BranchTable[]; branch: string; environment: string }

/** The tables that were written on a branch, each a link to its rows there. */
export function Written({ tables, branch, environment }: Props) {
  return (
    <List size="sm" aria-label="Tables that were written" listStyleType="none" style={{ overflowWrap: 'anywhere' }}>
      {tables.map(({ name, made, rows }) => (
        <List.Item key={name}>
          <Anchor
            component={Link}
            to={sqlPath(selectFrom(name, ROWS), { environment, branch })}
            state={{ run: true }}
            inherit
            underline="always"
          >
            <Names text={name} />
          </Anchor>
          <Text span inherit c="var(--polder-muted)">
            {typeof rows === 'number' && `, ${counted(rows, 'row')}`}
            {made && ', made there'}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}
