import { Text } from '@mantine/core'
import type { Run, StepRun } from '~/api/schema'
import { To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'
import { rejectedIn, rejectedOf } from '~/lake/rejected'
import { WhereRejected } from '~/lake/WhereRejected'
import { sqlPath } from '~/sql/link'

/** The rows that a step has not brought in because they do not fit, and the way to them. */
export function RejectedRows({ run, step }: { run: Run; step: StepRun }) {
  const tables = rejectedIn(step)
  if (tables.length === 0) return null
  return (
    <div style={{ marginBlockEnd: 'var(--mantine-spacing-xs)' }}>
      <Notice kind="warning">
        {tables.map(([table, rows]) => (
          <Text key={table} size="sm" style={{ overflowWrap: 'anywhere' }}>
            <WhereRejected table={table} rows={rows} />.{' '}
            <To
              to={sqlPath(rejectedOf(run.id, table), { environment: run.environment })}
              state={{ run: true }}
              inherit
              underline="always"
            >
              Query those of this run
            </To>
          </Text>
        ))}
      </Notice>
    </div>
  )
}
