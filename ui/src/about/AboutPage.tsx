import { Anchor, Code, List, SimpleGrid, Stack, Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import { Command } from '~/kit/Empty'
import { To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { TimeAgo } from '~/kit/Times'
import { Card, Facts } from './Card'
import { Checks } from './Checks'
import { You } from './You'

export function AboutPage() {
  return (
    <>
      <PageHeader title="About" below="This server, whether it works, and who you are to it." />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" verticalSpacing="md">
        <Card title="Health">
          <Checks />
        </Card>
        <Card title="Server">
          <Server />
        </Card>
        <Card title="You">
          <You />
        </Card>
        <Card title="For programs">
          <Links />
        </Card>
        <Card title="Backup" wide>
          <Backup />
        </Card>
      </SimpleGrid>
    </>
  )
}

function Server() {
  const about = useGet('/api/v1/about')
  return (
    <Loaded query={about}>
      {({ version, started_at, database, public_url }) => (
        <Facts
          facts={[
            ['Version', version],
            ['Started', <TimeAgo key="started" at={started_at} />],
            ['Database', database],
            ['Address', <Code key="address">{public_url}</Code>],
          ]}
        />
      )}
    </Loaded>
  )
}

function Links() {
  return (
    <List size="sm" spacing={6}>
      <List.Item>
        <To to="/api-docs" inherit underline="always">
          API documentation
        </To>
        : every request, with its parameters and answers
      </List.Item>
      <List.Item>
        <To to="/api-docs?error=list" inherit underline="always">
          Error codes
        </To>
        : what each means, and what to do
      </List.Item>
      <List.Item>
        <Anchor inherit underline="always" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
          OpenAPI document
        </Anchor>
        : for generators of clients
      </List.Item>
      <List.Item>
        <Anchor inherit underline="always" href="/metrics" target="_blank" rel="noreferrer">
          Metrics
        </Anchor>{' '}
        for Prometheus: with a token of a viewer of all teams, unless the server runs with <Code>--metrics-open</Code>
      </List.Item>
    </List>
  )
}

function Backup() {
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">
        Saves everything but logs and the master key to a file, while the server runs. Keep the master key elsewhere:
        without it nobody can read the secrets of a backup, and with it everybody can.
      </Text>
      <Command text="polder backup FILE" />
      <Text size="sm">
        <Code>polder restore FILE</Code> brings it back, while the server is stopped.
      </Text>
    </Stack>
  )
}
