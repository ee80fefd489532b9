import { Code, Group, Text } from '@mantine/core'
import type { Document, Schema } from './model'
import { resolve, typeInWords, valuesOf, withoutNull } from './schema'

/** A type in words, with its limits and what it is when it is left out. */
export function Type({ document, schema }: { document: Document; schema: Schema }) {
  const { minimum, maximum, default: byDefault } = resolve(document, withoutNull(schema).schema)
  const more = [
    // Numbers that count begin at nothing; that need not be said.
    minimum ? `at least ${minimum}` : '',
    maximum === undefined ? '' : `at most ${maximum}`,
    byDefault === undefined ? '' : `${JSON.stringify(byDefault)} if left out`,
  ].filter(Boolean)
  return (
    <Text span size="sm" c="var(--polder-muted)">
      {[typeInWords(document, schema), ...more].join(', ')}
    </Text>
  )
}

/** The values that are allowed, where they are listed. */
export function Values({ document, schema }: { document: Document; schema: Schema }) {
  const values = valuesOf(document, schema)
  if (values.length === 0) return null
  return (
    <Group gap={4} mt={2}>
      <Text size="xs" c="var(--polder-muted)">
        {values.length === 1 ? 'always' : 'one of'}
      </Text>
      {values.map((value) => (
        <Code key={String(value)}>{String(value)}</Code>
      ))}
    </Group>
  )
}
