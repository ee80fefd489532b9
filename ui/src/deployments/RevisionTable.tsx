import { Badge, Box, Button, Group, Text, VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'react-router'
import type { Revision } from '~/api/schema'
import { To, within } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { RevisionLink } from './RevisionLink'
import { RollBack } from './RollBack'
import { SourceText } from './SourceText'

type Props = {
  revisions: Revision[]
  /** Whether they are of one project, whose name then needs no column. */
  ofOne?: boolean
  /** The one that each can be compared with on this page. */
  comparedWith?: string
  onEnd?: () => void
  busy?: boolean
}

/** Revisions, newest first. */
export function RevisionTable({ revisions, ofOne = false, comparedWith, onEnd, busy }: Props) {
  const columns = useMemo(() => columnsFor(ofOne, comparedWith), [ofOne, comparedWith])
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

const which = (ofOne: boolean): Columns<Revision>[number] => ({
  id: 'number',
  header: 'Revision',
  enableSorting: false,
  cell: ({ row }) => <Which revision={row.original} ofOne={ofOne} />,
})

const COLUMNS: Columns<Revision> = [
  {
    id: 'project',
    header: 'Project',
    enableSorting: false,
    meta: { hideBelow: 'xs' },
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
]

const actions = (comparedWith: string | undefined): Columns<Revision>[number] => ({
  id: 'actions',
  header: () => <VisuallyHidden>Actions</VisuallyHidden>,
  enableSorting: false,
  // On a phone, the revision's own page has them.
  meta: { align: 'right', hideBelow: 'xs' },
  cell: ({ row }) => <Actions revision={row.original} comparedWith={comparedWith} />,
})

const columnsFor = (ofOne: boolean, comparedWith: string | undefined) => [
  which(ofOne),
  ...COLUMNS.filter(({ id }) => !ofOne || id !== 'project'),
  actions(comparedWith),
]

function Actions({ revision, comparedWith }: { revision: Revision; comparedWith: string | undefined }) {
  const { id, number, current, environment } = revision
  if (current) return null
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {comparedWith && (
        <Button
          component={Link}
          to={within(environment, `?from=${id}&to=${comparedWith}`)}
          size="xs"
          variant="subtle"
          aria-label={`Compare revision ${number} with the current one`}
        >
          Compare
        </Button>
      )}
      <RollBack revision={revision} size="xs" />
    </Group>
  )
}

/** On a phone, what has no column stands below the number. */
function Which({ revision, ofOne }: { revision: Revision; ofOne: boolean }) {
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <RevisionLink
          id={revision.id}
          aria-label={`Revision ${revision.number} of ${revision.team}/${revision.project}`}
        >
          {revision.number}
        </RevisionLink>
        {revision.current && <Current />}
      </Group>
      {!ofOne && (
        <Box hiddenFrom="xs" style={{ overflowWrap: 'anywhere' }}>
          <ProjectName revision={revision} />
        </Box>
      )}
      <Box hiddenFrom="sm" style={{ overflowWrap: 'break-word' }}>
        <Note revision={revision} />
      </Box>
    </>
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
  const { note, rolled_back_to: back } = revision
  return (
    <>
      {(note || back) && (
        <Text size="sm" lineClamp={2} maw={420}>
          {back ? <RevisionLink id={back}>{note ?? 'back to an earlier revision'}</RevisionLink> : note}
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
