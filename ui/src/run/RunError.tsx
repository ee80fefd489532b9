import { Alert, Anchor, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { RunError as Failed } from '~/api/schema'

/** Why it did not succeed, in a sentence, and where it says what to do. */
export function RunError({ error, mb = 'md' }: { error: Failed | null | undefined; mb?: string }) {
  if (!error) return null
  return (
    <Alert color="red" variant="light" py="xs" mb={mb} icon={<IconAlertTriangle aria-hidden />} data-error={error.code}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {error.message}{' '}
        <Anchor href={`/api/v1/errors/${error.code}`} target="_blank" rel="noreferrer" underline="always" inherit>
          What {error.code} means
        </Anchor>
      </Text>
    </Alert>
  )
}
