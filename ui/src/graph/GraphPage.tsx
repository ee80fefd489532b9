import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useGet } from '~/api/queries'
import type { Graph as Everything } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import Graph from '~/kit/graph/Graph'
import { useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { counted } from '~/kit/units'
import { useTroubles } from '~/runs/useTroubles'
import { cardsOf, linesOf, tintsOf, withBehind } from './cards'
import { Filters } from './Filters'
import { found, shown } from './focus'
import classes from './graph.module.css'
import { Legend } from './Legend'
import { Selected } from './Selected'
import { type Chosen, useChosen } from './useChosen'

/** All pipelines of an environment and what they wait for, across teams. */
export function GraphPage() {
  const environment = useEnvironment()
  const query = useGet('/api/v1/graph', { params: { query: { environment } } })
  return (
    <>
      <PageHeader title="Graph" below={query.data && <Counts graph={query.data} />} />
      <Loaded query={query} lines={8}>
        {(graph) => (graph.nodes.length === 0 ? <Nothing /> : <Shown deployed={graph} />)}
      </Loaded>
    </>
  )
}

/** Of the team that is looked at, or of all. */
function Counts({ graph }: { graph: Everything }) {
  const { team } = useChosen().values
  const nodes = graph.nodes.filter((node) => !team || node.team === team)
  const teams = new Set(nodes.map(({ team }) => team)).size
  const broken = nodes.filter((node) => node.broken).length
  const active = nodes.filter((node) => node.active > 0).length
  const states = [broken > 0 && `${broken} broken`, active > 0 && `${active} running or queued`].filter(Boolean)
  const what = `${counted(nodes.filter((node) => node.exists).length, 'pipeline')} of ${counted(teams, 'team')}`
  return <span role="status">{[what, ...states].join(', ')}</span>
}

function Shown({ deployed }: { deployed: Everything }) {
  const troubles = useTroubles(deployed.environment)
  const graph = useMemo(() => withBehind(deployed, troubles), [deployed, troubles])
  const chosen = useChosen()
  const { focus, depth, team, show, search, pipeline } = chosen.values
  const tints = useMemo(() => tintsOf(graph), [graph])
  const part = useMemo(() => shown(graph, { focus, depth, team, show }), [graph, focus, depth, team, show])
  const cards = useMemo(() => cardsOf(part, search, tints), [part, search, tints])
  const lines = useMemo(() => linesOf(part.edges, cards), [part, cards])
  const selected = part.nodes.find((node) => `${node.team}/${node.name}` === pipeline)
  return (
    <>
      <Filters graph={graph} chosen={chosen} found={found(part.nodes, search).size} />
      {cards.length === 0 ? (
        <NoneLikeThis chosen={chosen} />
      ) : (
        <div className={classes.stage}>
          <div className={classes.picture}>
            <Graph
              label="Pipelines and what they wait for"
              height="100%"
              wheel
              nodes={cards}
              edges={lines}
              selected={pipeline ?? focus}
              onSelect={(id) => chosen.set({ pipeline: id })}
            />
          </div>
          {selected && <Selected key={pipeline} node={selected} graph={graph} chosen={chosen} />}
        </div>
      )}
      <Legend shown={part} tints={tints} chosen={chosen} />
    </>
  )
}

function Nothing() {
  return (
    <Empty title="No pipeline is here yet" command="polder init hello --team tour">
      Pipelines that start after each other are drawn here with what they wait for. This makes a project with a first
      one; <code>polder deploy</code> in its folder brings it here.
    </Empty>
  )
}

function NoneLikeThis({ chosen }: { chosen: Chosen }) {
  const { show, focus } = chosen.values
  const title =
    show === 'broken' ? 'Nothing is broken here' : show ? 'Nothing runs here now' : 'No pipeline is like this'
  return (
    <Empty
      title={title}
      action={
        <Button variant="default" onClick={chosen.clear}>
          Show all
        </Button>
      }
    >
      {focus && `That is: nothing that ${focus} comes from, or that comes of it.`}
    </Empty>
  )
}
