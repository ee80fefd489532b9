import { Anchor } from '@mantine/core'
import { useDeferredValue } from 'react'
import { Link } from 'react-router'
import { useGet } from '~/api/queries'
import type { Broken, Overview } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { useEnvironment, within } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { useUrl } from '~/kit/useUrl'
import { useSight } from '~/runs/useSight'
import { LOOK_AGAIN } from '~/runs/useTroubles'
import { Figures } from './Figures'
import { LastDay } from './LastDay'
import classes from './overview.module.css'
import { Active, Troubles } from './Parts'
import { ofTeam, standing } from './standing'
import { Teams } from './Teams'
import { Tour } from './Tour'

/** What is broken, late, running and next, in one look. */
export function OverviewPage() {
  const [team] = useUrl('team')
  const { teams, heldBack, broken, ...query } = useOverview(team)
  return (
    <>
      <PageHeader title="Overview" beside={<Teams teams={teams} heldBack={heldBack} chosen={team} />} />
      <Loaded query={query} lines={8}>
        {(overview) => <Shown overview={overview} teams={teams} broken={broken} team={team} />}
      </Loaded>
    </>
  )
}

/**
 * The overview of all teams tells how each of them stands, also while only one of them is looked at. It is drawn in small parts, but all
 * of it appears at once: what came first would push the rest down.
 */
function useOverview(team: string) {
  const environment = useEnvironment()
  const whole = useGet('/api/v1/overview', { params: { query: { environment } }, refetchInterval: LOOK_AGAIN })
  const part = useGet('/api/v1/overview', {
    params: { query: { environment, team } },
    enabled: team !== '',
    refetchInterval: LOOK_AGAIN,
  })
  const shown = useDeferredValue(whole.data, undefined)
  const ofOne = useDeferredValue(part.isPlaceholderData ? undefined : part.data, undefined)
  const { teams = [], held_back: heldBack = [], broken = [] } = shown ?? {}
  if (!team) return { teams, heldBack, broken, data: shown, error: whole.error, refetch: whole.refetch }
  const known = shown && ofTeam(shown, team)
  const own = ofOne?.teams.every((one) => one.team === team) ? ofOne : undefined
  return {
    teams,
    heldBack,
    broken,
    // What other teams do about what holds this one back stands in the overview of all.
    data: own && known ? { ...own, held_back: known.held_back ?? [] } : (own ?? known),
    error: part.error,
    refetch: part.refetch,
  }
}

type Props = { overview: Overview; teams: Overview['teams'] /** Of all teams. */; broken: Broken[]; team: string }

function Shown({ overview, teams, broken, team }: Props) {
  const sight = useSight(broken)
  const sum = standing(overview.teams, team)
  if (teams.length === 0 && overview.teams.length === 0) return <Tour />
  if (sum.pipelines === 0) return <NoSuchTeam team={team} />
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Figures standing={sum} />
        <LastDay hours={overview.hours} />
      </div>
      <Troubles overview={overview} standing={sum} team={team} sight={sight} />
      <Active overview={overview} standing={sum} />
    </div>
  )
}

function NoSuchTeam({ team }: { team: string }) {
  const environment = useEnvironment()
  const all = (
    <Anchor component={Link} to={within(environment, '/')}>
      Show all teams
    </Anchor>
  )
  return <Empty title={`The team ${team} has no pipeline in ${environment}`} action={all} />
}
