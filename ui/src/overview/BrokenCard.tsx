import { Button, Group, Text } from '@mantine/core'
import { IconFileText } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { Broken } from '~/api/schema'
import { PipelineLink, RunLink, runPath } from '~/kit/Links'
import { StatusIcon } from '~/kit/StatusBadge'
import { lookOf } from '~/kit/status'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { counted } from '~/kit/units'
import { listed, type Part, pipelinePart } from '~/runs/parts'
import { failuresPath } from '~/runs/paths'
import { Sentence } from '~/runs/Sentence'
import { LastLines } from './LastLines'
import classes from './overview.module.css'
import { RunAgain } from './RunAgain'

type Props = { broken: Broken /** Of its log. */; lines: number }

/** A pipeline that is broken: where, since when, why, what it holds back, and what one can do. */
export function BrokenCard({ broken, lines }: Props) {
  const { run, step, last_lines } = broken
  const shown = last_lines.slice(-lines)
  return (
    <article className={classes.card} data-kind="broken" aria-label={`${run.team}/${run.pipeline}`}>
      <div className={classes.cardHead}>
        <Group gap="0 8px" miw={0} flex={1}>
          <StatusIcon status={run.status} size={18} />
          <PipelineLink team={run.team} name={run.pipeline} fw={600} style={{ overflowWrap: 'anywhere' }} />
          <RunLink id={run.id} size="sm">
            {logicalDate(run)}
          </RunLink>
        </Group>
        <Group gap={6} className={classes.acts}>
          <OpenLog broken={broken} />
          <RunAgain run={run} />
        </Group>
      </div>
      <Text size="sm" component="p" my={4}>
        <What broken={broken} />
      </Text>
      {shown.length > 0 ? (
        <LastLines label={`The last lines of the log of ${step ?? run.pipeline}`} lines={shown} />
      ) : (
        <Reason message={run.error?.message} />
      )}
    </article>
  )
}

export const logPath = ({ run, step, epoch }: Broken) =>
  step ? `${runPath(run.id)}?step=${encodeURIComponent(step)}${epoch ? `&epoch=${epoch}` : ''}` : runPath(run.id)

function OpenLog({ broken }: { broken: Broken }) {
  return (
    <Button
      component={Link}
      to={logPath(broken)}
      size="compact-sm"
      variant="default"
      leftSection={<IconFileText size={14} aria-hidden />}
    >
      {broken.step ? 'Open log' : 'Open run'}
    </Button>
  )
}

function What({ broken }: { broken: Broken }) {
  const { run, step, newest, failures, holds_back } = broken
  return (
    <>
      {step ? 'Step ' : 'It '}
      {step && <strong>{step}</strong>} {lookOf(run.status).word} <TimeAgo at={run.ended_at ?? run.created_at} />
      {!newest && '; other dates have succeeded since'}
      {failures > 1 && <Sentence parts={['; ', dates(broken)]} />}
      {holds_back.length > 0 && (
        <span className={classes.holds}>
          <Sentence parts={['. Holds back ', ...listed(holds_back.map((name) => pipelinePart(name, run.team)))]} />
        </span>
      )}
    </>
  )
}

const dates = ({ run, failures }: Broken): Part => ({
  text: `${counted(failures, 'date')} to mend`,
  to: failuresPath(run),
})

function Reason({ message }: { message: string | undefined }) {
  if (!message) return null
  return (
    <Text size="sm" c="var(--polder-red)" style={{ overflowWrap: 'anywhere' }}>
      {message}
    </Text>
  )
}
