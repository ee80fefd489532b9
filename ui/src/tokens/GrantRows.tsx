import { ActionIcon, Autocomplete, Button, Group, Input, NativeSelect, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import type { Role } from '~/api/schema'
import { maySomewhere, useGrants } from '~/session/rights'
import { may, useMay } from '~/session/session'
import { ALL_TEAMS, ROLES, type Row } from './words'

type Props = { rows: Row[]; onChange: (rows: Row[]) => void }

/** Which roles a token has, and of which teams. */
export function GrantRows({ rows, onChange }: Props) {
  const change = (key: number, part: Partial<Row>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  const add = () => onChange([...rows, { key: Math.max(...rows.map((row) => row.key)) + 1, role: 'viewer', team: '' }])
  const chosen = ROLES.filter(({ value }) => rows.some((row) => row.role === value))
  return (
    <Input.Wrapper label="Roles" labelElement="div">
      <Stack gap="xs">
        {rows.map((row, place) => (
          <GrantRow
            key={row.key}
            row={row}
            place={place + 1}
            onChange={(part) => change(row.key, part)}
            onRemove={rows.length > 1 ? () => onChange(rows.filter(({ key }) => key !== row.key)) : undefined}
          />
        ))}
        {chosen.map(({ value, label, does }) => (
          <Text key={value} size="sm" c="var(--polder-muted)">
            <Text span inherit fw={600}>
              {label}
            </Text>{' '}
            {does}.
          </Text>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={add}
          style={{ alignSelf: 'flex-start' }}
        >
          Another role
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}

type RowProps = { row: Row; place: number; onChange: (part: Partial<Row>) => void; onRemove: (() => void) | undefined }

function GrantRow({ row, place, onChange, onRemove }: RowProps) {
  const everywhere = useMay('admin')
  const teams = useTeams()
  const roles = everywhere ? ROLES : ROLES.filter(({ value }) => value !== 'agent')
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        aria-label={`Role ${place}`}
        data={roles.map(({ value, label }) => ({ value, label }))}
        value={row.role}
        onChange={(event) => onChange({ role: event.currentTarget.value as Role })}
        w={130}
      />
      <Text size="sm">of</Text>
      {row.role === 'agent' ? (
        <Text size="sm" flex={1}>
          all teams
        </Text>
      ) : (
        <Autocomplete
          aria-label={`Team of role ${place}`}
          placeholder="Team"
          data={everywhere ? [ALL_TEAMS, ...teams] : teams}
          required
          comboboxProps={{ withinPortal: false }}
          flex={1}
          miw={0}
          autoComplete="off"
          value={row.team}
          onChange={(team) => onChange({ team })}
        />
      )}
      {onRemove && (
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove role ${place}`} onClick={onRemove}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  )
}

/** The teams that whoever is signed in may give roles of, as far as they are known. */
function useTeams(): string[] {
  const grants = useGrants()
  const { data } = useGet('/api/v1/environments')
  if (!maySomewhere(grants, 'admin')) return []
  const deployed = data?.items.flatMap((item) => item.teams.map((team) => team.name)) ?? []
  const granted = grants.flatMap((grant) => (grant.team ? [grant.team] : []))
  return [...new Set([...deployed, ...granted])].filter((team) => may(grants, 'admin', team)).sort()
}
