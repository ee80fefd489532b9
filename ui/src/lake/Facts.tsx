import type { TableFacts } from '~/api/schema'
import { bytes, count } from '~/kit/units'
import { rowsOf } from './columns'
import classes from './lake.module.css'

/** How much a table holds, and how. */
export function Facts({ facts }: { facts: TableFacts }) {
  const { bytes_total, files_total, partitioned_by, key } = facts
  return (
    <dl className={classes.facts}>
      <Fact name="Rows">{rowsOf(facts)}</Fact>
      <Fact name="Size">{bytes(bytes_total)}</Fact>
      <Fact name="Files">{count(files_total)}</Fact>
      <Fact name="Key">{key.join(', ') || 'none'}</Fact>
      <Fact name="Partitioned by">{partitioned_by.join(', ') || 'nothing'}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
