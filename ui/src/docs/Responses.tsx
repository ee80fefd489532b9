import { Accordion, Anchor, Code, Group, Stack, Table, Text } from '@mantine/core'
import { Link } from 'react-router'
import { CopyBlock } from './CopyBlock'
import { exampleOf } from './example'
import { usePlace } from './links'
import { Inline } from './Markdown'
import type { Document, Response, Schema } from './model'
import { SchemaTree } from './SchemaTree'
import { Type } from './Type'

/** What comes back, by status; the first one is open. */
export function Responses({ document, responses }: { document: Document; responses: Record<string, Response> }) {
  const statuses = Object.keys(responses).sort()
  return (
    <Accordion variant="separated" multiple defaultValue={statuses.slice(0, 1)} order={4}>
      {statuses.map((status) => (
        <Accordion.Item key={status} value={status}>
          <Accordion.Control>
            <Group gap="sm">
              <Code fz="sm" fw={700}>
                {status === 'default' ? 'any other' : status}
              </Code>
              <Text size="sm" component="span">
                <Inline text={responses[status]?.description ?? ''} />
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <One document={document} response={responses[status] ?? {}} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

function One({ document, response }: { document: Document; response: Response }) {
  const content = Object.entries(response.content ?? {})
  return (
    <Stack gap="sm">
      {response.headers && <Headers document={document} headers={response.headers} />}
      {content.map(([type, { schema }]) => (
        <Content key={type} document={document} type={type} schema={schema ?? {}} />
      ))}
      {content.length === 0 && (
        <Text size="sm" c="var(--polder-muted)">
          It has no body.
        </Text>
      )}
    </Stack>
  )
}

function Content({ document, type, schema }: { document: Document; type: string; schema: Schema }) {
  const { to } = usePlace()
  return (
    <div>
      <Group gap="sm">
        <Code>{type}</Code>
        {type === 'application/problem+json' && (
          <Anchor component={Link} to={to({ error: 'list' })} size="sm" underline="always">
            All error codes
          </Anchor>
        )}
      </Group>
      <SchemaTree document={document} schema={schema} label={`The answer as ${type}`} of="answer" />
      {type === 'application/json' && <Example value={exampleOf(document, schema, { all: true })} />}
    </div>
  )
}

/** Nothing is learned from an empty object. */
function Example({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2)
  return text && text.length > 4 ? <CopyBlock text={text} label="What it can look like" maxHeight={320} /> : null
}

function Headers({ document, headers }: { document: Document; headers: NonNullable<Response['headers']> }) {
  return (
    <Table aria-label="Headers of the answer">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Header</Table.Th>
          <Table.Th>What it is</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {Object.entries(headers).map(([name, { description, schema }]) => (
          <Table.Tr key={name}>
            <Table.Td ff="monospace">{name}</Table.Td>
            <Table.Td>
              {schema && <Type document={document} schema={schema} />} {description}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
