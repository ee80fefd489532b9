import { List, Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import { Loaded } from '~/kit/Loaded'
import { ByStep } from './By'
import { type Reader, readers } from './readers'
import { Section } from './Section'
import { Tables } from './Tables'

/** Publishes that are looked at for who reads the table: what has not read it lately is not shown. */
const LOOKED_AT = 200

/** What was made from the table lately. */
export function ReadBy({ name, environment }: { name: string; environment: string }) {
  const query = { environment, reads: name, limit: LOOKED_AT }
  const publishes = useGet('/api/v1/lake/publishes', { params: { query } })
  return (
    <Section title="Read by">
      <Loaded query={publishes} lines={2}>
        {({ items }) => <Readers found={readers(items, name)} environment={environment} />}
      </Loaded>
    </Section>
  )
}

function Readers({ found, environment }: { found: Reader[]; environment: string }) {
  if (found.length === 0) return <Text size="sm">Nothing that was published has read it.</Text>
  return (
    <List size="sm" listStyleType="none" style={{ overflowWrap: 'anywhere' }}>
      {found.map(({ key, publish, tables }) => (
        <List.Item key={key}>
          <ByStep run={publish.run} who={publish.created_by} environment={environment} />, which wrote{' '}
          <Tables names={tables} />
        </List.Item>
      ))}
    </List>
  )
}
