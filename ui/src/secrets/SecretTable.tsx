import { Box, Group, Stack, Text } from '@mantine/core'
import { IconRefresh, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { SecretView } from '~/api/schema'
import { MayButton } from '~/kit/MayButton'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { useMay } from '~/session/session'
import { fullName, keyOfSecret } from './names'
import { UsedBy } from './UsedBy'

type Does = { onRotate: (secret: SecretView) => void; onDelete: (secret: SecretView) => void }

export function SecretTable({ secrets, onRotate, onDelete }: { secrets: SecretView[] } & Does) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is called only opens a dialog, and is the same each time
  const columns = useMemo(() => columnsFor({ onRotate, onDelete }), [])
  return <DataTable label="Secrets" rows={secrets} columns={columns} rowKey={keyOfSecret} rowHeight={52} />
}

function columnsFor(does: Does): Columns<SecretView> {
  return [
    {
      id: 'name',
      header: 'Secret',
      accessorFn: fullName,
      cell: ({ row }) => <Name secret={row.original} />,
    },
    {
      id: 'used_by',
      header: 'Used by',
      accessorFn: (secret) => secret.used_by.length,
      cell: ({ row }) => <UsedBy secret={row.original} />,
      meta: { width: '38%', hideBelow: 'sm' },
    },
    {
      id: 'changed',
      header: 'Last changed',
      accessorKey: 'updated_at',
      cell: ({ row }) => <Changed secret={row.original} />,
      meta: { width: 190, hideBelow: 'md' },
    },
    { accessorKey: 'version', header: 'Version', meta: { align: 'right', width: 90, hideBelow: 'md' } },
    {
      id: 'actions',
      header: () => <span style={{ float: 'right' }}>Actions</span>,
      enableSorting: false,
      meta: { align: 'right', width: 1 },
      cell: ({ row }) => <Actions secret={row.original} {...does} />,
    },
  ]
}

/** On narrow pages with what the columns that are not there would say. */
function Name({ secret }: { secret: SecretView }) {
  return (
    <Stack gap={2}>
      <Text ff="monospace" fz="sm" style={{ overflowWrap: 'anywhere' }}>
        <Text span inherit c="var(--polder-muted)">
          {secret.team || 'all teams'}/
        </Text>
        <Text span inherit fw={600}>
          {secret.name}
        </Text>
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="md" component="div">
        version {secret.version}, <Changed secret={secret} />
      </Text>
      <Text size="xs" component="div" hiddenFrom="sm">
        <UsedBy secret={secret} />
      </Text>
    </Stack>
  )
}

function Changed({ secret }: { secret: SecretView }) {
  return (
    <>
      <TimeAgo at={secret.updated_at} /> by {secret.updated_by}
    </>
  )
}

function Actions({ secret, onRotate, onDelete }: { secret: SecretView } & Does) {
  const may = useMay('operator', secret.team)
  const who = `an operator of ${secret.team || 'all teams'}`
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <MayButton
        may={may}
        who={who}
        size="compact-sm"
        variant="default"
        aria-label={`New value for ${fullName(secret)}`}
        onClick={() => onRotate(secret)}
      >
        <IconRefresh size={14} aria-hidden />
        <Box component="span" visibleFrom="sm" ml={6}>
          New value
        </Box>
      </MayButton>
      <MayButton
        may={may}
        who={who}
        size="compact-sm"
        variant="subtle"
        color="gray"
        px={6}
        aria-label={`Delete ${fullName(secret)}`}
        onClick={() => onDelete(secret)}
      >
        <IconTrash size={16} aria-hidden />
      </MayButton>
    </Group>
  )
}
