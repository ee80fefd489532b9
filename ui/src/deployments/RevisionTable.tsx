import { Badge, Group, Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Revision } from '~/api/schema'
import { To } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { RevisionLink } from './RevisionLink'
import { RollBack } from './RollBack'
import { SourceText } from './SourceText'

type Props = {
  revisions: Revision[]
  /** Whether they are of one project, whose name then needs no column. */
  ofOne?: boolean
  onEnd?: () => void
  busy?: boolean
}

/** Revisions, newest first. */
export function RevisionTable({ revisions, ofOne, onEnd, busy }: Props) {
  const columns = useMemo(() => (ofOne ? COLUMNS.filter(({ id }) => id !== 'project') : COLUMNS), [ofOne])
  return (
    <DataTable
      label="Revisions, newest first"
      rows={revisions}
      columns={columns}
      rowKey={({ id }) => id}
      rowHeight={52}
      onEnd={onEnd}
      busy={busy}
    />
  )
}

const COLUMNS: Columns<Revision> = [
  {
    id: 'number',
    header: 'Revision',
    enableSorting: false,
    cell: ({ row }) => <Which revision={row.original} />,
  },
  {
    id: 'project',
    header: 'Project',
    enableSorting: false,
    cell: ({ row }) => <ProjectName revision={row.original} />,
  },
  {
    id: 'when',
    header: 'Deployed',
    enableSorting: false,
    cell: ({ row }) => <Deployed revision={row.original} />,
  },
  {
    id: 'note',
    header: 'Note and source',
    enableSorting: false,
    meta: { hideBelow: 'sm' },
    cell: ({ row }) => <Note revision={row.original} />,
  },
  {
    id: 'actions',
    header: () => (
      <Text span fz={0}>
        Actions
      </Text>
    ),
    enableSorting: false,
    // On a phone, the revision's own page has it.
    meta: { align: 'right', hideBelow: 'xs' },
    cell: ({ row }) => <RollBack revision={row.original} size="xs" />,
  },
]

function Which({ revision }: { revision: Revision }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <RevisionLink id={revision.id} aria-label={`Revision ${revision.number} of ${revision.team}/${revision.project}`}>
        {revision.number}
      </RevisionLink>
      {revision.current && <Current />}
    </Group>
  )
}

/** New runs use this one. */
export function Current() {
  return (
    <Badge variant="light" tt="none" size="sm" style={{ flexShrink: 0 }}>
      current
    </Badge>
  )
}

function ProjectName({ revision }: { revision: Revision }) {
  const name = `${revision.team}/${revision.project}`
  return (
    <To to={`/deployments?project=${encodeURIComponent(name)}`} size="sm">
      {name}
    </To>
  )
}

function Deployed({ revision }: { revision: Revision }) {
  return (
    <>
      <TimeAgo at={revision.created_at} />
      <Text size="sm" c="var(--polder-muted)">
        by {revision.created_by}
      </Text>
    </>
  )
}

function Note({ revision }: { revision: Revision }) {
  const back = revision.rolled_back_to
  return (
    <>
      {back && (
        <Text size="sm">
          brought back{' '}
          <RevisionLink id={back} underline="always">
            an earlier one
          </RevisionLink>
        </Text>
      )}
      {revision.note && (
        <Text size="sm" lineClamp={2} maw={420}>
          {revision.note}
        </Text>
      )}
      {Object.keys(revision.source).length > 0 && (
        <Text size="sm" c="var(--polder-muted)" component="div">
          <SourceText source={revision.source} />
        </Text>
      )}
    </>
  )
}
