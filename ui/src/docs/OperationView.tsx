import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import { useEffect } from 'react'
import { CopyBlock } from './CopyBlock'
import { curlOf } from './curl'
import classes from './docs.module.css'
import { Markdown } from './Markdown'
import type { Body, Document, Operation } from './model'
import { Method } from './OperationList'
import { Parameters } from './Parameters'
import { Responses } from './Responses'
import { SchemaTree } from './SchemaTree'

/** Everything about one request. */
export function OperationView({ document, operation }: { document: Document; operation: Operation }) {
  useEffect(() => {
    window.document.title = `${operation.summary} · API · Polder`
  }, [operation])
  return (
    <Stack gap="xl">
      <Head operation={operation} />
      <section aria-label="Example">
        <CopyBlock text={curlOf(document, operation, window.location.origin)} label="Example with curl" />
      </section>
      {operation.parameters.length > 0 && (
        <Section title="Parameters">
          <Parameters document={document} parameters={operation.parameters} />
        </Section>
      )}
      {operation.requestBody && (
        <Section title="Body">
          <RequestBody document={document} body={operation.requestBody} />
        </Section>
      )}
      <Section title="Answers">
        <Responses document={document} responses={operation.responses} />
      </Section>
    </Stack>
  )
}

function Head({ operation }: { operation: Operation }) {
  const { method, path, summary, description, open, id } = operation
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">
        {summary}
      </Title>
      <Group gap={4} wrap="nowrap" align="baseline">
        <Method method={method} />
        <span className={classes.path}>{path}</span>
      </Group>
      {description && <Markdown text={description} />}
      <Group gap="xs">
        <Text size="sm" c="var(--polder-muted)">
          <Code fz="inherit">{id}</Code>
        </Text>
        {open && (
          <Badge
            variant="light"
            color="gray"
            c="var(--polder-gray)"
            tt="none"
            leftSection={<IconLockOpen size={12} aria-hidden />}
          >
            needs no token
          </Badge>
        )}
      </Group>
    </Stack>
  )
}

export function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Title order={3} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

function RequestBody({ document, body }: { document: Document; body: Body }) {
  return (
    <Stack gap="xs">
      <Text size="sm" c="var(--polder-muted)">
        {body.required === false ? 'May be left out.' : 'Required.'}
      </Text>
      {Object.entries(body.content).map(([type, { schema }]) => (
        <div key={type}>
          <Code>{type}</Code>
          {schema && type === 'application/json' && (
            <SchemaTree document={document} schema={schema} label="The body" of="request" />
          )}
        </div>
      ))}
    </Stack>
  )
}
