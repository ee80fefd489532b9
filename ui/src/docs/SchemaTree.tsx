import { Group, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronRight } from '@tabler/icons-react'
import classes from './docs.module.css'
import { Markdown } from './Markdown'
import type { Document, Schema } from './model'
import { namesAlong, type Part, partsOf, resolve } from './schema'
import { Type, Values } from './Type'

type TreeProps = {
  document: Document
  schema: Schema
  label: string
  /** A request must have what is required; an answer has it always. */
  of: 'request' | 'answer'
}

/** What a value consists of; one looks into its parts by opening them. */
export function SchemaTree({ document, schema, label, of }: TreeProps) {
  const parts = partsOf(document, schema)
  const { description } = resolve(document, schema)
  return (
    <>
      {description && <Markdown text={description} />}
      {parts.length === 0 ? (
        <div className={classes.member}>
          <Type document={document} schema={schema} />
          <Values document={document} schema={schema} />
        </div>
      ) : (
        <Parts document={document} parts={parts} label={label} of={of} above={namesAlong(schema)} />
      )}
    </>
  )
}

type PartsProps = Pick<TreeProps, 'document' | 'label' | 'of'> & { parts: Part[]; above: string[] }

function Parts({ document, parts, label, of, above }: PartsProps) {
  return (
    <ul className={classes.tree} aria-label={label}>
      {parts.map((part) => (
        <Member key={part.name} document={document} part={part} of={of} above={above} />
      ))}
    </ul>
  )
}

/** What has itself in it is not opened a second time: it looks as it does above. */
function Member({ document, part, of, above }: Pick<TreeProps, 'document' | 'of'> & { part: Part; above: string[] }) {
  const [open, { toggle }] = useDisclosure()
  const names = namesAlong(part.schema)
  const again = names.some((name) => above.includes(name))
  const parts = again ? [] : partsOf(document, part.schema)
  const { description } = resolve(document, part.schema)
  return (
    <li className={classes.member}>
      <Group gap="xs">
        <Name part={part} open={open} onToggle={parts.length > 0 ? toggle : undefined} />
        {part.required && of === 'request' && <Required />}
        <Type document={document} schema={part.schema} />
        {!part.required && !part.variant && of === 'answer' && <Aside>not always there</Aside>}
        {again && <Aside>as above</Aside>}
      </Group>
      {description && <Markdown text={description} />}
      <Values document={document} schema={part.schema} />
      {open && <Parts document={document} parts={parts} label={part.name} of={of} above={[...above, ...names]} />}
    </li>
  )
}

function Name({ part, open, onToggle }: { part: Part; open: boolean; onToggle: (() => void) | undefined }) {
  const name = (
    <Text span ff="monospace" fz="sm" fw={600}>
      {part.name}
    </Text>
  )
  if (!onToggle) return name
  return (
    <UnstyledButton onClick={onToggle} aria-expanded={open}>
      <Group gap={2} wrap="nowrap" component="span">
        <IconChevronRight size={14} aria-hidden className={classes.chevron} data-open={open} />
        {name}
      </Group>
    </UnstyledButton>
  )
}

function Aside({ children }: { children: string }) {
  return (
    <Text span size="xs" c="var(--polder-muted)">
      {children}
    </Text>
  )
}

export function Required() {
  return (
    <Text span size="xs" c="var(--polder-orange)" ml={6}>
      required
    </Text>
  )
}
