import { List, Stack, Text, Title } from '@mantine/core'
import { CopyBlock } from './CopyBlock'
import { Markdown } from './Markdown'
import { type Document, operationsOf } from './model'

export function Introduction({ document }: { document: Document }) {
  const { info, components, tags = [] } = document
  const schemes = Object.entries(components?.securitySchemes ?? {})
  return (
    <Stack gap="lg">
      <div>
        <Title order={2} size="h3">
          {info.title} {info.version}
        </Title>
        <Markdown text={info.description ?? ''} size="md" />
        <Text size="sm" c="var(--polder-muted)">
          {operationsOf(document).length} operations, all described by the server that you are signed in to.
        </Text>
      </div>
      <CopyBlock text={FIRST(window.location.origin)} label="A first request: who am I?" />
      <section>
        <Title order={3} size="h4" mb="xs">
          Who asks
        </Title>
        <Named named={schemes.map(([name, { description = '' }]) => ({ name, description }))} />
      </section>
      <section>
        <Title order={3} size="h4" mb="xs">
          What can be asked
        </Title>
        <Named named={tags.map(({ name, description = '' }) => ({ name, description }))} />
      </section>
    </Stack>
  )
}

const FIRST = (origin: string) => `curl '${origin}/api/v1/whoami' \\\n  -H "Authorization: Bearer $(cat token.txt)"`

function Named({ named }: { named: { name: string; description: string }[] }) {
  return (
    <List size="sm" spacing="xs">
      {named.map(({ name, description }) => (
        <List.Item key={name}>
          <b>{name}</b>
          <Markdown text={description} />
        </List.Item>
      ))}
    </List>
  )
}
