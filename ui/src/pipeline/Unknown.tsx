import { List, Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { PipelineLink, To } from '~/kit/Links'
import { nearest } from './nearest'
import type { Name } from './usePipeline'

/** So many of a team's pipelines, and of those that are found by the name, may have been meant. */
const AMONG = 200

/** There is no such pipeline, or none that one may see: what may have been meant, and where to look. */
export function Unknown({ of }: { of: Name }) {
  const found = useMeant(of)
  const search = `/pipelines?search=${encodeURIComponent(of.name)}`
  return (
    <Empty
      title={`There is no pipeline ${of.team}/${of.name} in ${of.environment} that you may see.`}
      action={<To to={search}>Search for “{of.name}”</To>}
    >
      {found.length > 0 && (
        <>
          <Text inherit>Perhaps you mean:</Text>
          <List listStyleType="none" size="sm">
            {found.map(({ team, name }) => (
              <List.Item key={`${team}/${name}`}>
                <PipelineLink team={team} name={name} underline="always" />
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Empty>
  )
}

function useMeant(of: Name) {
  const { team, name, environment } = of
  const own = useGet('/api/v1/pipelines', { params: { query: { environment, team, limit: AMONG } } })
  const others = useGet('/api/v1/pipelines', { params: { query: { environment, search: name, limit: AMONG } } })
  const there = [...(own.data?.items ?? []), ...(others.data?.items ?? [])]
  const each = new Map(there.map((one) => [one.id, one]))
  return nearest([...each.values()], of)
}
