/** What the list of pipelines tells of each. Plain elements: hundreds of these cells come into view while one scrolls. */
import { createContext, useContext } from 'react'
import type { Overview, PipelineSummary } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { RunStrip } from '~/kit/RunStrip'
import { lookOf } from '~/kit/status'
import { TimeAgo, Took, Upcoming } from '~/kit/Times'
import type { Columns } from '~/kit/table/DataTable'
import { useUrl } from '~/kit/useUrl'
import { type Behind, behindOf, stateOf } from '~/runs/held'
import { Sentence } from '~/runs/Sentence'
import { useReason } from '~/runs/useTroubles'
import classes from './pipelines.module.css'
import { StateIcon } from './StateIcon'
import { served } from './served'

/** What is held back or late of the pipelines that are listed. */
export const TroublesContext = createContext<Overview | undefined>(undefined)

export const COLUMNS: Columns<PipelineSummary> = [
  served('name', 'Pipeline', (pipeline) => <Name pipeline={pipeline} />),
  served('runs', 'Last runs', (pipeline) => <RunStrip runs={pipeline.last_runs} />, { width: 128 }),
  served('last', 'Last run', (pipeline) => <LastRun pipeline={pipeline} />, { width: 116, hideBelow: 'xs' }),
  served('next', 'Next run', (pipeline) => <NextRun pipeline={pipeline} />, { width: 150, hideBelow: 'sm' }),
  served('starts', 'Starts', (pipeline) => <Starts pipeline={pipeline} />, { width: '17%', hideBelow: 'md' }),
  served('owner', 'Owner', (pipeline) => <Owner owner={pipeline.owner} />, { width: '14%', hideBelow: 'lg' }),
]

function Name({ pipeline }: { pipeline: PipelineSummary }) {
  const { team, name, description, paused } = pipeline
  const overview = useContext(TroublesContext)
  const behind = behindOf(overview, pipeline)
  const state = stateOf(behind)
  return (
    <div className={classes.pipeline}>
      <StateIcon pipeline={pipeline} behind={state} />
      <div className={classes.about}>
        <PipelineLink team={team} name={name} size="sm" fw={500} />
        {paused && <span className={classes.paused}>paused</span>}
        {state && <IsBehind behind={behind} overview={overview} />}
        {description && (
          <div className={classes.description} title={description}>
            {description}
          </div>
        )}
        <Labels labels={pipeline.labels} />
      </div>
    </div>
  )
}

/** What it waits for: said, as nobody can point at anything on a phone. */
function IsBehind({ behind, overview }: { behind: Behind; overview: Overview | undefined }) {
  const reason = useReason(behind, overview)
  return (
    <div className={classes.behind}>
      <Sentence parts={reason} />
    </div>
  )
}

/** A label leads to all that carry it: the server searches labels too. */
function Labels({ labels }: { labels: PipelineSummary['labels'] }) {
  const [, search] = useUrl('search')
  const given = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  if (given.length === 0) return null
  return (
    <div className={classes.labels}>
      {given.map((label) => (
        <button
          key={label}
          type="button"
          className={classes.label}
          onClick={() => search(label)}
          aria-label={`${label}: all that have it`}
        >
          {label}
        </button>
      ))}
    </div>
  )
}

function LastRun({ pipeline }: { pipeline: PipelineSummary }) {
  const [run] = pipeline.last_runs
  if (!run) return <Faint>never</Faint>
  return (
    <>
      <RunLink id={run.id} size="sm" c="inherit">
        <TimeAgo at={run.ended_at ?? run.started_at ?? run.created_at} />
      </RunLink>
      <Faint>{run.started_at ? <Took from={run.started_at} to={run.ended_at} /> : lookOf(run.status).word}</Faint>
    </>
  )
}

function NextRun({ pipeline }: { pipeline: PipelineSummary }) {
  if (pipeline.paused) return <Faint>when resumed</Faint>
  if (!pipeline.next_at) return <Faint>–</Faint>
  return (
    <div className={classes.small}>
      <Upcoming at={pipeline.next_at} />
    </div>
  )
}

function Starts({ pipeline }: { pipeline: PipelineSummary }) {
  const words = pipeline.starts ?? []
  const said = words.length === 0 ? 'by hand' : words.join('; ')
  return (
    <div className={classes.starts} title={said}>
      {said}
    </div>
  )
}

function Owner({ owner }: { owner: string | null | undefined }) {
  return (
    <div className={classes.owner} title={owner ?? undefined}>
      {owner ?? '–'}
    </div>
  )
}

const Faint = ({ children }: { children: React.ReactNode }) => <div className={classes.faint}>{children}</div>
