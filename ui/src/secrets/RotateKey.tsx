import { Code, List, Text } from '@mantine/core'
import { answer, api } from '~/api/client'
import { Confirm } from '~/kit/Confirm'
import { counted } from '~/kit/units'
import { useAction } from '~/kit/useAction'

/** For the administrator who suspects that somebody has seen the master key, or changes it as a matter of course. */
export function RotateKey({ onClose }: { onClose: () => void }) {
  const action = useAction({
    run: () => answer(api.POST('/api/v1/secrets/rotate-key')) as Promise<{ secrets?: number }>,
    done: ({ secrets = 0 }) => `${counted(secrets, 'secret')} locked with the new master key.`,
    stale: ['/api/v1/audit'],
    quiet: true,
  })
  return (
    <Confirm
      opened
      title="Change the master key?"
      deed="Change the key"
      color="water"
      busy={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        Each secret is encrypted with a key of its own, and those keys with the server's master key. This makes a new
        master key and locks all of them with it, of all teams and environments.
      </Text>
      <List size="sm" spacing={4}>
        <List.Item>Values, versions and running pipelines stay as they are.</List.Item>
        <List.Item>
          Backups made before need the old key, and the old one is kept nowhere: save a copy of <Code>master-key</Code>{' '}
          from the data folder first, and of the new one after.
        </List.Item>
        <List.Item>
          It does not make values safe that somebody has seen: give those new values where they come from, then here.
        </List.Item>
      </List>
    </Confirm>
  )
}
