/** The two columns: what needs somebody, and what goes by itself. */
import type { Overview } from '~/api/schema'
import { ZONE } from '~/kit/time'
import { heldByOne, type Sight } from '~/runs/held'
import { Calm, Mending } from './AllWell'
import { BrokenCard } from './BrokenCard'
import { HeldList } from './HeldList'
import { LateList } from './LateList'
import { NextList } from './NextList'
import classes from './overview.module.css'
import { RunningList } from './RunningList'
import { Quiet, Section } from './Section'
import { heldElsewhere, linesOf, type Standing } from './standing'

type Props = { overview: Overview; standing: Standing }

export function Troubles({ overview, standing, team, sight }: Props & { team: string; sight: Sight }) {
  const { broken, late, running } = overview
  const held = heldElsewhere(overview)
  const isCalm = broken.length === 0 && late.length === 0
  if (isCalm && held.length === 0) return <Calm team={team} running={running} />
  return (
    <div className={classes.column}>
      {isCalm && <Mending running={running} />}
      {broken.length > 0 && (
        <Section id="broken" title="Broken" total={standing.broken} all={withTeam('/pipelines?state=broken', team)}>
          <div className={classes.list}>
            {broken.map((one, place) => (
              <BrokenCard key={one.run.id} broken={one} lines={linesOf(place, broken.length)} />
            ))}
          </div>
        </Section>
      )}
      {held.length > 0 && (
        <Section id="held-back" title="Held back" total={heldByOne(held).length}>
          <HeldList held={held} sight={sight} />
        </Section>
      )}
      {late.length > 0 && (
        <Section id="late" title="Late" total={standing.late}>
          <LateList late={late} known={{ ...sight, held: overview.held_back ?? [] }} />
        </Section>
      )}
    </div>
  )
}

const withTeam = (path: string, team: string) => (team ? `${path}&team=${encodeURIComponent(team)}` : path)

export function Active({ overview: { running, next }, standing }: Props) {
  return (
    <div className={classes.column}>
      <Section
        id="running"
        title={standing.queued > 0 ? 'Running and queued' : 'Running'}
        total={standing.running + standing.queued}
        all={running.length > 0 ? '/runs?status=QUEUED,RUNNING' : undefined}
      >
        {running.length > 0 ? <RunningList running={running} /> : <Quiet>Nothing runs right now.</Quiet>}
      </Section>
      <Section id="next" title="Next" beside={<Quiet>{ZONE}</Quiet>}>
        {next.length > 0 ? <NextList next={next} /> : <Quiet>No schedule will start anything.</Quiet>}
      </Section>
    </div>
  )
}
