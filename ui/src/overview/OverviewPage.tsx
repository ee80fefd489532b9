import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { useGet } from '~/api/queries'
import type { Overview } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { useEnvironment, within } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { useUrl } from '~/kit/useUrl'
import { Figures } from './Figures'
import { LastDay } from './LastDay'
import classes from './overview.module.css'
import { Active, Troubles } from './Parts'
import { standing } from './standing'
import { Teams } from './Teams'
import { Tour } from './Tour'

/** What is broken, late, running and next, in one look. */
export function OverviewPage() {
  const environment = useEnvironment()
  const [team] = useUrl('team')
  const whole = useGet('/api/v1/overview', { params: { query: { environment } } })
  const part = useGet('/api/v1/overview', { params: { query: { environment, team } }, enabled: team !== '' })
  const teams = whole.data?.teams ?? []
  return (
    <>
      <PageHeader title="Overview" beside={<Teams teams={teams} chosen={team} />} />
      <Loaded query={team ? part : whole} lines={8}>
        {(overview) => <Shown overview={overview} teams={teams} team={team} />}
      </Loaded>
    </>
  )
}

type Props = { overview: Overview; teams: Overview['teams']; team: string }

function Shown({ overview, teams, team }: Props) {
  const sum = standing(overview.teams, team)
  if (teams.length === 0 && overview.teams.length === 0) return <Tour />
  if (sum.pipelines === 0) return <NoSuchTeam team={team} />
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Figures standing={sum} />
        <LastDay hours={overview.hours} />
      </div>
      <Troubles overview={overview} standing={sum} team={team} />
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
