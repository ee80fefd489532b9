import { Text } from '@mantine/core'
import type { Why } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { hasFailed, lookOf } from '~/kit/status'
import { logicalDate } from '~/kit/time'
import { culpritsOf, type Suspect } from './culprits'
import { useUpstream } from './useUpstream'

/** What failed for a day that is waited for: there is where to go on. */
export function Culprits({ why }: { why: Why }) {
  return culpritsOf(why).map((suspect) => (
    <Culprit
      key={`${suspect.day} ${suspect.team}/${suspect.pipeline}`}
      suspect={suspect}
      environment={why.environment}
    />
  ))
}

function Culprit({ suspect, environment }: { suspect: Suspect; environment: string }) {
  const { run, ofDay } = useUpstream(suspect, suspect.day, environment)
  if (!run || (suspect.day && !ofDay) || !hasFailed(run.status)) return null
  return (
    <Text size="sm">
      The run of <PipelineLink team={suspect.team} name={suspect.pipeline} underline="always" />{' '}
      <RunLink id={run.id} underline="always">
        for {logicalDate(run)}
      </RunLink>{' '}
      {lookOf(run.status).word}. Once it succeeds, this follows by itself.
    </Text>
  )
}
