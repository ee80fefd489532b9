import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '~/kit/Loaded'
import { useSignedIn } from '~/session/session'
import { ask } from '~/sql/ask'
import { Rows } from '~/sql/grid/Rows'
import { selectFrom } from '~/sql/names'
import { Section } from './Section'

const ROWS = 50

type Props = { name: string; version: number; environment: string }

/** Some rows, whichever come first. */
export function Sample({ name, version, environment }: Props) {
  const signedIn = useSignedIn().data?.state === 'in'
  const sample = useQuery({
    // Another version has other rows; those of this one do not change.
    queryKey: ['sample', environment, name, version],
    queryFn: ({ signal }) => ask({ sql: selectFrom(name, ROWS), environment }, signal),
    // Asking takes what the session tells.
    enabled: signedIn,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Section title="Some rows">
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
