import { Group, Stack } from '@mantine/core'
import { usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { To, useEnvironment } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'
import { PublishList } from './PublishList'
import { Views } from './Views'

/** What was published in an environment. */
export function PublishesPage() {
  const environment = useEnvironment()
  const publishes = usePages('/api/v1/lake/publishes', { params: { query: { environment, limit: 100 } } })
  return (
    <>
      <PageHeader
        title="Publishes"
        above={<To to="/lake">Lake</To>}
        below={`Of ${environment}, newest first. Readers see all tables of a publish, or none.`}
      />
      <Stack gap="sm">
        <Group justify="flex-end">
          <Views view="publishes" />
        </Group>
        <PublishList publishes={publishes} none={<None environment={environment} />} />
      </Stack>
    </>
  )
}

function None({ environment }: { environment: string }) {
  return (
    <Empty title={`Nothing was published in ${environment} yet`}>
      A step with sql: publishes what it has written when it succeeds.
    </Empty>
  )
}
