import { counted } from '~/kit/units'
import { Tables } from './Tables'

type Props = { table: string; rows: number }

/** How many rows did not fit, and where they are. */
export function WhereRejected({ table, rows }: Props) {
  return (
    <>
      {counted(rows, 'row')} {rows === 1 ? 'was rejected: it is in ' : 'were rejected: they are in '}
      <Tables names={[table]} />
      {rows === 1 ? ', with a reason' : ', each with a reason'}
    </>
  )
}
