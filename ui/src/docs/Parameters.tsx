import { Table, Text } from '@mantine/core'
import { Markdown } from './Markdown'
import type { Document, Parameter } from './model'
import { Required } from './SchemaTree'
import { Type, Values } from './Type'

/** What stands in the path, the query and the headers. */
export function Parameters({ document, parameters }: { document: Document; parameters: Parameter[] }) {
  return (
    <Table verticalSpacing="xs" aria-label="Parameters">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th visibleFrom="sm">In</Table.Th>
          <Table.Th>What it is</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parameters.map((parameter) => (
          <One key={`${parameter.in} ${parameter.name}`} document={document} parameter={parameter} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function One({ document, parameter }: { document: Document; parameter: Parameter }) {
  const { name, description, required, schema = {} } = parameter
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Text span ff="monospace" fz="sm" fw={600}>
          {name}
        </Text>
        {required && <Required />}
      </Table.Td>
      <Table.Td visibleFrom="sm">{parameter.in}</Table.Td>
      <Table.Td>
        <Type document={document} schema={schema} />
        <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm">
          in the {parameter.in}
        </Text>
        {description && <Markdown text={description} />}
        <Values document={document} schema={schema} />
      </Table.Td>
    </Table.Tr>
  )
}
