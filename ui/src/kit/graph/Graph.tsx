/**
 * Cards and the lines between them, laid out by themselves: the steps of a pipeline, or all pipelines there are. Load it lazily:
 * `lazy(() => import('~/kit/graph/Graph'))`.
 */
import '@xyflow/react/dist/base.css'
import { ReactFlowProvider } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { Canvas } from './Canvas'
import classes from './graph.module.css'
import { prepare } from './layouts'
import { shapeOf } from './shape'
import { TextAlternative } from './TextAlternative'
import type { Direction, GraphEdge, GraphNode } from './types'
import { useBox } from './useBox'
import { useLayout } from './useLayout'
import { heightFor } from './view'

export type { GraphEdge, GraphNode } from './types'

type Props = {
  /** What it is a graph of, for screen readers. */
  label: string
  nodes: GraphNode[]
  edges: GraphEdge[]
  /** To the right where there is room, else down. */
  direction?: Direction
  /** As high as the graph needs, within bounds. */
  height?: number | string
  onSelect?: (id: string) => void
  selected?: string
  /** Buttons that zoom; by default where there is more than a glance takes in. */
  controls?: boolean
  /** The wheel zooms, rather than scrolls the page; for pages that are nothing but a graph. */
  wheel?: boolean
}

const NARROW = 560
const GLANCE = 8

prepare()

export default function Graph(props: Props) {
  const { label, nodes, edges, selected, onSelect, controls = nodes.length > GLANCE, wheel = false } = props
  const frame = useRef<HTMLDivElement>(null)
  const measured = useBox(frame)
  const narrow = measured.width > 0 && measured.width < NARROW
  const direction = props.direction ?? (narrow ? 'down' : 'right')
  const shape = useMemo(() => shapeOf(nodes, edges, direction, narrow ? 0.75 : 1.8), [nodes, edges, direction, narrow])
  const placed = useLayout(shape, measured.width > 0)
  const height = props.height ?? (placed ? heightFor(placed.layout, measured.width) : 120)
  const box = { width: measured.width, height: typeof height === 'number' ? height : measured.height }
  return (
    <div ref={frame} className={classes.frame} style={{ height }} aria-busy={placed === undefined}>
      {placed && box.height > 0 && (
        <ReactFlowProvider initialWidth={box.width} initialHeight={box.height}>
          <Canvas {...{ label, nodes, edges, placed, box, selected, onSelect, controls, wheel }} />
        </ReactFlowProvider>
      )}
      <TextAlternative label={label} nodes={nodes} edges={edges} drawn={placed !== undefined} />
    </div>
  )
}
