import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '~/kit/Loaded'
import { count } from '~/kit/units'
import { useSignedIn } from '~/session/session'
import { ask } from '~/sql/ask'
import { Rows } from '~/sql/grid/Rows'
import { selectFrom, selectSome } from '~/sql/names'
import { Section } from './Section'

const ROWS = 50
/** Of a table that has more of them nobody reads a row to its end, and asking for all takes long. */
const COLUMNS = 200

type Props = { name: string; version: number; environment: string; columns: string[] }

/** Some rows, whichever come first. */
export function Sample({ name, version, environment, columns }: Props) {
  const wide = columns.length > COLUMNS
  const sql = wide ? selectSome(name, columns.slice(0, COLUMNS), ROWS) : selectFrom(name, ROWS)
  const signedIn = useSignedIn().data?.state === 'in'
  const sample = useQuery({
    // Another version has other rows; those of this one do not change.
    queryKey: ['sample', environment, name, version],
    queryFn: ({ signal }) => ask({ sql, environment }, signal),
    // Asking takes what the session tells.
    enabled: signedIn,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Section title={wide ? `Some rows, the first ${COLUMNS} of ${count(columns.length)} columns` : 'Some rows'}>
      <Loaded query={sample} lines={6}>
        {(answer) =>
          answer.rows.length > 0 ? (
            <Rows label={`Some rows of ${name}`} answer={answer} maxHeight={326} />
          ) : (
            <Text size="sm">It has none.</Text>
          )
        }
      </Loaded>
    </Section>
  )
}
