import { Badge, Button, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import type { TokenView } from '~/api/schema'
import { useNow } from '~/kit/now'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { inWords } from '~/session/words'
import { stateOf } from './words'

type Props = { tokens: TokenView[]; onRevoke: (token: TokenView) => void }

export function TokenTable({ tokens, onRevoke }: Props) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is called only opens a dialog, and is the same each time
  const columns = useMemo(() => columnsFor(onRevoke), [])
  return <DataTable label="Tokens" rows={tokens} columns={columns} rowKey={(token) => token.id} rowHeight={52} />
}

function columnsFor(onRevoke: Props['onRevoke']): Columns<TokenView> {
  return [
    { accessorKey: 'name', header: 'Name', cell: ({ row }) => <Name token={row.original} /> },
    {
      id: 'grants',
      header: 'May act as',
      accessorFn: (token) => token.grants.map(inWords).join(', '),
      meta: { hideBelow: 'sm' },
    },
    {
      id: 'created',
      header: 'Created',
      accessorKey: 'created_at',
      cell: ({ row }) => <Created token={row.original} />,
      meta: { hideBelow: 'md' },
    },
    {
      id: 'used',
      header: 'Last used',
      accessorFn: (token) => token.last_used_at ?? '',
      cell: ({ row }) => <Used token={row.original} />,
      meta: { hideBelow: 'xs' },
    },
    {
      id: 'ends',
      header: 'Ends',
      accessorFn: (token) => token.revoked_at ?? token.expires_at ?? '9',
      cell: ({ row }) => <End token={row.original} />,
      meta: { hideBelow: 'xs' },
    },
    {
      id: 'actions',
      header: () => <span style={{ float: 'right' }}>Actions</span>,
      enableSorting: false,
      meta: { align: 'right', width: 1 },
      cell: ({ row }) => <Revoke token={row.original} onRevoke={onRevoke} />,
    },
  ]
}

function Name({ token }: { token: TokenView }) {
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        {token.name}
      </Text>
      <Text size="xs" hiddenFrom="sm">
        {token.grants.map(inWords).join(', ')}
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="md" component="div">
        created <Created token={token} />
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="xs" component="div">
        used: <Used token={token} />; ends: <End token={token} />
      </Text>
    </Stack>
  )
}

function Created({ token }: { token: TokenView }) {
  return (
    <>
      <TimeAgo at={token.created_at} /> by {token.created_by}
    </>
  )
}

function Used({ token }: { token: TokenView }) {
  return token.last_used_at ? <TimeAgo at={token.last_used_at} /> : 'never'
}

function End({ token }: { token: TokenView }) {
  const state = stateOf(token, useNow())
  const at = token.revoked_at ?? token.expires_at
  if (state === 'valid') return at ? <TimeAgo at={at} /> : 'never'
  return (
    <Badge variant="light" color="gray" c="var(--polder-gray)" tt="none">
      {state} {at && <TimeAgo at={at} />}
    </Badge>
  )
}

function Revoke({ token, onRevoke }: { token: TokenView; onRevoke: Props['onRevoke'] }) {
  if (token.revoked_at) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`Revoke the token ${token.name}`}
      onClick={() => onRevoke(token)}
    >
      Revoke
    </Button>
  )
}
