import { Select } from '@mantine/core'
import { useGet } from '~/api/queries'
import { useEnvironment } from '~/kit/Links'

type Props = { team: string | undefined; onTeam: (team: string) => void }

/** Narrows a list to one of the teams that have a pipeline in this environment. */
export function TeamSelect({ team, onTeam }: Props) {
  const environment = useEnvironment()
  const { data } = useGet('/api/v1/environments')
  const known = data?.items.find((item) => item.name === environment)?.teams.map(({ name }) => name) ?? []
  const teams = team && !known.includes(team) ? [team, ...known] : known
  return (
    <Select
      aria-label="Team"
      placeholder="All teams"
      data={teams}
      value={team ?? null}
      onChange={(chosen) => onTeam(chosen ?? '')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'All teams' }}
      nothingFoundMessage="No such team"
      w={{ base: '100%', xs: 170 }}
    />
  )
}
