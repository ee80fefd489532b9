/** All lines of a graph as a handful of paths: a thousand of them cost what ten do. */
import { ViewportPortal } from '@xyflow/react'
import { memo, useContext, useMemo } from 'react'
import { LevelContext } from './context'
import classes from './graph.module.css'
import { type Line, line } from './paths'
import { drawn } from './shape'
import type { GraphEdge } from './types'
import type { Placed } from './useLayout'

type Props = { shown: GraphEdge[]; placed: Placed; selected?: string }
type Drawn = { edge: GraphEdge; line: Line; beside: boolean }

export const Edges = memo(function Edges({ shown, placed, selected }: Props) {
  const level = useContext(LevelContext)
  const lines = useMemo(() => linesOf(placed), [placed])
  const all = useMemo(() => {
    const places = new Set(placed.shape.ids)
    const beside = ({ from, to }: GraphEdge) => selected !== undefined && (from === selected || to === selected)
    return drawn(shown, places).flatMap((edge): Drawn[] => {
      const found = lines.get(`${edge.from}\n${edge.to}`)
      return found ? [{ edge, line: found, beside: beside(edge) }] : []
    })
  }, [shown, placed, lines, selected])
  const groups = useMemo(() => groupsOf(all), [all])
  return (
    <ViewportPortal>
      <svg className={classes.edges} data-level={level} aria-hidden="true">
        {groups.map(([name, group]) => (
          <g
            key={name}
            className={name
              .split(' ')
              .map((word) => classes[word])
              .join(' ')}
          >
            <path d={group.map(({ line }) => line.d).join('')} className={classes.line} />
            <path d={group.map(({ line }) => line.head).join('')} className={classes.head} />
          </g>
        ))}
        {level !== 'far' &&
          all.map(({ edge, line }) => edge.label && <Label key={`${edge.from}\n${edge.to}`} edge={edge} line={line} />)}
      </svg>
    </ViewportPortal>
  )
})

function linesOf({ shape, layout }: Placed): Map<string, Line> {
  const corner = (at: number) => layout.nodes[at] ?? { x: 0, y: 0 }
  return new Map(
    shape.links.map(([from, to], at) => [
      `${shape.ids[from]}\n${shape.ids[to]}`,
      line(corner(from), corner(to), layout.links[at] ?? [], shape.direction),
    ]),
  )
}

/** By how they look; those beside the selected card last, which is on top. */
function groupsOf(all: Drawn[]): [string, Drawn[]][] {
  const groups = new Map<string, Drawn[]>()
  for (const drawn of all) {
    const look = drawn.beside ? 'beside' : drawn.edge.dimmed ? 'dim' : 'plain'
    const name = drawn.edge.dashed ? `${look} dashed` : look
    const group = groups.get(name)
    if (group) group.push(drawn)
    else groups.set(name, [drawn])
  }
  return [...groups].sort(([a], [b]) => rank(a) - rank(b))
}

const rank = (name: string) => (name.startsWith('beside') ? 2 : name.startsWith('dim') ? 0 : 1)

function Label({ edge, line }: { edge: GraphEdge; line: Line }) {
  return (
    <text x={line.middle.x} y={line.middle.y} className={classes.edgeLabel} data-dimmed={edge.dimmed || undefined}>
      {edge.label}
    </text>
  )
}
