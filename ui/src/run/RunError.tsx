import { Box, Text } from '@mantine/core'
import type { RunError as Failed } from '~/api/schema'
import { ErrorMeaning } from '~/kit/ErrorMeaning'
import { To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'
import { sentence } from '~/kit/sentence'
import { hintOf } from './hints'

/** Why it did not succeed, in a sentence, and what to do. That somebody ended it is no fault. */
export function RunError({ error, mb = 'md' }: { error: Failed | null | undefined; mb?: string }) {
  if (!error) return null
  const { code, message } = error
  return (
    <Box mb={mb} style={{ overflowWrap: 'anywhere' }}>
      <Notice kind={code === 'ABORTED' ? 'info' : 'danger'} title={sentence(message)}>
        <Text size="sm" component="div">
          {hintOf(code)} {code === 'UNKNOWN_SECRET' && <ToSecrets />} <ErrorMeaning code={code} inherit />
        </Text>
      </Notice>
    </Box>
  )
}

const ToSecrets = () => (
  <To to="/secrets" inherit underline="always">
    To the secrets
  </To>
)
