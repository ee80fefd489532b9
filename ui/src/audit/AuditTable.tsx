import { ActionIcon, Anchor, Group, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { AuditEntry } from '~/api/schema'
import { RunLink, within } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { useUrl } from '~/kit/useUrl'
import { saying } from './actions'
import classes from './audit.module.css'
import { Details } from './Details'
import { nameOfObject, pageOfObject, runOf } from './references'

type Props = { entries: AuditEntry[]; onEnd: () => void; busy: boolean }

export function AuditTable({ entries, onEnd, busy }: Props) {
  return (
    <DataTable
      label="Audit log"
      rows={entries}
      columns={COLUMNS}
      rowKey={(entry) => entry.id}
      rowHeight={40}
      onEnd={onEnd}
      busy={busy}
    />
  )
}

// The server has them newest first, page by page: sorting what is here already would only mislead.
const COLUMNS: Columns<AuditEntry> = [
  {
    id: 'at',
    header: 'When',
    enableSorting: false,
    cell: ({ row }) => <TimeAgo at={row.original.at} />,
    meta: { width: 120, hideBelow: 'xs' },
  },
  {
    id: 'actor',
    header: 'Who',
    enableSorting: false,
    cell: ({ row }) => <Filtering name="actor" value={row.original.actor} />,
    meta: { width: 160, hideBelow: 'xs' },
  },
  {
    id: 'deed',
    header: 'What',
    enableSorting: false,
    cell: ({ row }) => <Deed entry={row.original} />,
  },
  {
    id: 'environment',
    header: 'Environment',
    enableSorting: false,
    cell: ({ row }) => row.original.environment ?? '',
    meta: { width: 110, hideBelow: 'md' },
  },
  {
    id: 'address',
    header: 'From',
    enableSorting: false,
    cell: ({ row }) => row.original.address ?? '',
    meta: { width: 130, hideBelow: 'lg' },
  },
]

/** A value that shows all entries with it when it is pressed. */
function Filtering({ name, value, children }: { name: string; value: string; children?: string }) {
  const [, set] = useUrl(name)
  return (
    <UnstyledButton
      className={classes.filter}
      onClick={() => set(value)}
      title={`Only ${value}`}
      aria-label={`${children ?? value}: only entries with this ${name}`}
    >
      {children ?? value}
    </UnstyledButton>
  )
}

function Deed({ entry }: { entry: AuditEntry }) {
  const [open, { toggle }] = useDisclosure()
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Sentence entry={entry} />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-expanded={open}
          aria-label={`Details of: ${saying(entry.action)} ${entry.object}`}
          onClick={toggle}
        >
          <IconChevronDown size={16} aria-hidden className={classes.chevron} data-open={open} />
        </ActionIcon>
      </Group>
      {open && <Details entry={entry} />}
    </>
  )
}

function Sentence({ entry }: { entry: AuditEntry }) {
  return (
    <div>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="xs" component="div">
        <TimeAgo at={entry.at} />, <Filtering name="actor" value={entry.actor} />
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        <Filtering name="action" value={entry.action}>
          {saying(entry.action)}
        </Filtering>{' '}
        {entry.action.startsWith('session.') ? null : <Subject entry={entry} />} <OfRun entry={entry} />
      </Text>
    </div>
  )
}

function Subject({ entry }: { entry: AuditEntry }) {
  const page = pageOfObject(entry)
  const name = nameOfObject(entry)
  if (!page) return <b>{name}</b>
  return (
    <Anchor component={Link} to={within(entry.environment ?? 'prod', page)} inherit fw={600}>
      {name}
    </Anchor>
  )
}

/** Which run it is about, by its date where it has one. */
function OfRun({ entry }: { entry: AuditEntry }) {
  const of = runOf(entry)
  if (!of) return null
  return (
    <>
      {of.date ? 'for' : 'as'} <RunLink id={of.run}>{of.date}</RunLink>
    </>
  )
}
