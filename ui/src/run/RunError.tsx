import { Box, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RunError as Failed } from '~/api/schema'
import { ErrorMeaning } from '~/kit/ErrorMeaning'
import { To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'
import { sentence } from '~/kit/sentence'
import { adviceOf, type Fate } from './hints'

type Props = { error: Failed | null | undefined; fate: Fate; began: boolean; mb?: string; children?: ReactNode }

/** Why it did not succeed, in a sentence, and what to do. That somebody ended it is no fault. */
export function RunError({ error, fate, began, mb = 'md', children }: Props) {
  if (!error) return null
  const { code, message } = error
  return (
    <Box mb={mb} style={{ overflowWrap: 'anywhere' }}>
      <Notice kind={code === 'ABORTED' || fate === 'mended' ? 'info' : 'danger'} title={sentence(message)}>
        <Text size="sm" component="div">
          {adviceOf(code, fate, began)} {code === 'UNKNOWN_SECRET' && fate === 'open' && <ToSecrets />} {children}{' '}
          <ErrorMeaning code={code} inherit />
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
