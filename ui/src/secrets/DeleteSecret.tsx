import { Text } from '@mantine/core'
import { answer, api } from '~/api/client'
import type { SecretView } from '~/api/schema'
import { Confirm } from '~/kit/Confirm'
import { Notice } from '~/kit/Notice'
import { counted } from '~/kit/units'
import { useAction } from '~/kit/useAction'
import { fullName } from './names'
import { UsedBy } from './UsedBy'

export function DeleteSecret({ secret, onClose }: { secret: SecretView; onClose: () => void }) {
  const { team, environment, name } = secret
  const action = useAction({
    run: () =>
      answer(
        api.DELETE('/api/v1/secrets/{team}/{environment}/{name}', { params: { path: { team, environment, name } } }),
      ),
    done: () => `${fullName(secret)} is deleted in ${environment}.`,
    stale: ['/api/v1/secrets', '/api/v1/audit'],
    quiet: true,
  })
  return (
    <Confirm
      opened
      title={`Delete ${fullName(secret)}?`}
      deed="Delete"
      busy={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">Its value in {environment} cannot be brought back.</Text>
      {secret.used_by.length > 0 ? (
        <Notice kind="danger" title={`${counted(secret.used_by.length, 'pipeline')} will fail without it`}>
          <UsedBy secret={secret} all />
        </Notice>
      ) : (
        <Text size="sm">No pipeline asks for it.</Text>
      )}
    </Confirm>
  )
}
