import { Button, List, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answer, api } from '~/api/client'
import { ApiProblem } from '~/api/problem'
import type { PublishedTable, PublishView } from '~/api/schema'
import { Confirm } from '~/kit/Confirm'
import { shortId, To, within } from '~/kit/Links'
import { useAction } from '~/kit/useAction'
import { useMay } from '~/session/session'
import { publishPath } from '~/sql/names'
import { Tables } from './Tables'

const IDS = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Goes back to what was before a publish, after saying what that is. What no team's run made is everybody's. */
export function RollBack({ publish }: { publish: PublishView }) {
  const [asked, setAsked] = useState(false)
  const may = useMay('operator', publish.run?.team)
  if (!may || publish.state !== 'DONE' || publish.rolled_back_by) return null
  return (
    <>
      <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => setAsked(true)}>
        Roll back…
      </Button>
      <Ask publish={publish} opened={asked} onClose={() => setAsked(false)} />
    </>
  )
}

function Ask({ publish, opened, onClose }: { publish: PublishView; opened: boolean; onClose: () => void }) {
  const action = useRollBack(publish)
  const close = () => {
    action.reset()
    onClose()
  }
  return (
    <Confirm
      opened={opened}
      title={`Roll back publish ${shortId(publish.id)} in ${publish.environment}?`}
      deed="Roll back"
      color="water"
      busy={action.isPending}
      disabled={isConflict(action.error)}
      error={action.error}
      onConfirm={() => action.mutate(undefined, { onSuccess: close })}
      onClose={close}
    >
      <Text size="sm">
        All of its tables become what they were before, or none does. That is a publish of its own, which can be rolled
        back in turn. No run is started again.
      </Text>
      <List size="sm" aria-label="Tables that change">
        {publish.tables.map((table) => (
          <List.Item key={table.name} style={{ overflowWrap: 'anywhere' }}>
            <Tables names={[table.name]} />: {becomes(table)}
          </List.Item>
        ))}
      </List>
      {isConflict(action.error) && <Later than={publish.id} error={action.error} />}
    </Confirm>
  )
}

/** The publishes that stand in the way, as far as the server names them. */
function Later({ than, error }: { than: string; error: ApiProblem }) {
  const ids = [...new Set(error.message.match(IDS))].filter((id) => id !== than)
  return (
    <Text size="sm" component="div">
      {ids.map((id) => (
        <div key={id}>
          <To to={publishPath(id)} inherit underline="always">
            To publish {shortId(id)}
          </To>
        </div>
      ))}
      The page of each of these tables has its history, with the later publishes.
    </Text>
  )
}

function becomes({ version, version_before: before }: PublishedTable): string {
  if (before === null || before === undefined) return 'made by this publish; it stays, without rows'
  return `from version ${version}, as it was in version ${before}`
}

const isConflict = (error: unknown): error is ApiProblem => error instanceof ApiProblem && error.status === 409

function useRollBack({ id, environment }: PublishView) {
  const navigate = useNavigate()
  return useAction({
    run: async () => {
      const done = await answer(api.POST('/api/v1/lake/publishes/{id}/rollback', { params: { path: { id } } }))
      navigate(within(environment, publishPath(done.id)))
      return done
    },
    done: () => `Publish ${shortId(id)} is rolled back. This is the publish that did it.`,
    stale: ['/api/v1/lake'],
    quiet: true,
  })
}
