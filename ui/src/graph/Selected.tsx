import { Button, CloseButton, Group, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconFocusCentered } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import type { Graph, GraphNode } from '~/api/schema'
import { PipelineLink, RunLink, useEnvironment } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { TimeAgo, Upcoming } from '~/kit/Times'
import { counted } from '~/kit/units'
import { behindOf } from '~/runs/held'
import { Sentence } from '~/runs/Sentence'
import { useReason, useTroubles } from '~/runs/useTroubles'
import { isKnown } from './cards'
import { fullName, waysOf } from './focus'
import classes from './graph.module.css'
import type { Chosen } from './useChosen'

type Props = { node: GraphNode; graph: Graph; chosen: Chosen }

/** What there is to know about the selected pipeline, and where to go from it. */
export function Selected({ node, graph, chosen }: Props) {
  const full = fullName(node)
  const close = () => chosen.set({ pipeline: '' })
  useHotkeys([['Escape', close]])
  const { up, down } = waysOf(graph)
  return (
    <Paper component="section" aria-label={full} className={classes.selected} withBorder shadow="md" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} size="h5" className={classes.name}>
          {isKnown(node) ? <PipelineLink team={node.team} name={node.name} inherit /> : full}
        </Title>
        <CloseButton size="sm" aria-label="Close" onClick={close} />
      </Group>
      <Stack gap={6} mt={6}>
        {isKnown(node) ? <Facts node={node} /> : <Unknown node={node} />}
        <Others word="Starts after" names={up.get(full)} chosen={chosen} />
        <Others word="Then starts" names={down.get(full)} chosen={chosen} />
        {chosen.values.focus !== full && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconFocusCentered size={16} aria-hidden />}
            onClick={() => chosen.set({ focus: full })}
          >
            Only what is around it
          </Button>
        )}
      </Stack>
    </Paper>
  )
}

function Facts({ node }: { node: GraphNode }) {
  const { last_run: run, last_status: status, last_ended_at: ended } = node
  return (
    <>
      <Text size="sm" component="div">
        {run && status ? (
          <Group gap={6}>
            <StatusBadge status={status} size="sm" />
            <RunLink id={run}>{ended ? <TimeAgo at={ended} /> : 'its newest run'}</RunLink>
          </Group>
        ) : (
          'Has not run yet'
        )}
      </Text>
      {node.broken && status === 'SUCCEEDED' && <Text size="sm">An older date has failed and is not mended.</Text>}
      <Reason node={node} />
      {node.active > 0 && <Text size="sm">{counted(node.active, 'run')} active</Text>}
      <Starts node={node} />
    </>
  )
}

/** Why it is held back or late. */
function Reason({ node }: { node: GraphNode }) {
  const overview = useTroubles(useEnvironment())
  const reason = useReason(behindOf(overview, node), overview)
  if (reason.length === 0) return null
  return (
    <Text size="sm">
      <Sentence parts={reason} />
    </Text>
  )
}

/** The words for its triggers come with the pipeline itself. */
function Starts({ node }: { node: GraphNode }) {
  const { team, name, paused, next_at: next } = node
  const environment = useEnvironment()
  const { data } = useGet('/api/v1/pipelines/{team}/{name}', {
    params: { path: { team, name }, query: { environment } },
  })
  const starts = data?.name === name && data.team === team ? data.starts : undefined
  // What it starts after is listed with links.
  const others = starts?.filter((words) => !words.startsWith('after '))
  return (
    <Text size="sm" component="div">
      {starts?.length === 0 && <div>Only people start it</div>}
      {others && others.length > 0 && <div>Starts {others.join('; ')}</div>}
      {paused ? (
        'It is paused'
      ) : next ? (
        <>
          Next <Upcoming at={next} />
        </>
      ) : null}
    </Text>
  )
}

function Unknown({ node }: { node: GraphNode }) {
  return (
    <Text size="sm">
      {node.exists
        ? `It belongs to ${node.team}, whose pipelines you may not see.`
        : 'Others refer to it, but it is not deployed here. What waits for it will wait until it is; perhaps its name is written wrongly.'}
    </Text>
  )
}

const SHOWN = 6

type OthersProps = { word: string; names: string[] | undefined; chosen: Chosen }

function Others({ word, names = [], chosen }: OthersProps) {
  if (names.length === 0) return null
  return (
    <Text size="sm" component="div" className={classes.name}>
      <Text span inherit c="var(--polder-muted)">
        {word}{' '}
      </Text>
      {names.slice(0, SHOWN).map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <UnstyledButton className={classes.other} onClick={() => chosen.set({ pipeline: name })}>
            {name}
          </UnstyledButton>
        </span>
      ))}
      {names.length > SHOWN && ` and ${names.length - SHOWN} more`}
    </Text>
  )
}
