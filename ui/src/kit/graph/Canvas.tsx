/** The part of a graph that can be moved and zoomed. */
import { ReactFlow, useStore } from '@xyflow/react'
import { type MouseEvent, useMemo } from 'react'
import { Blocks } from './Blocks'
import { Card } from './Card'
import { Controls } from './Controls'
import { ActsContext, LevelContext, useActs } from './context'
import { Edges } from './Edges'
import classes from './graph.module.css'
import { SmallMap } from './SmallMap'
import type { GraphEdge, GraphNode } from './types'
import { useFlowNodes } from './useFlowNodes'
import type { Placed } from './useLayout'
import { usePointed } from './usePointed'
import { useRoving } from './useRoving'
import { useView } from './useView'
import { type Box, isWhole, type Level, levelOf, whole } from './view'

type Props = {
  label: string
  nodes: GraphNode[]
  edges: GraphEdge[]
  placed: Placed
  box: Box
  selected?: string
  onSelect?: (id: string) => void
  controls: boolean
  wheel: boolean
}

const TYPES = { card: Card }
/** Above it only what can be seen is drawn, and from far away only as blocks. */
const MANY = 100
const NO_EDGES: never[] = []

export function Canvas(props: Props) {
  const { label, nodes, edges, placed, box, selected, controls, wheel } = props
  const start = useMemo(() => whole(placed.layout, box), [placed, box])
  const level = useLevel(start.zoom)
  const far = level === 'far'
  const many = nodes.length > MANY
  /** On a small one that is all there, a finger scrolls the page. */
  const movable = wheel || controls || !isWhole(placed.layout, box, start)
  const view = useView(placed, box)
  const roving = useRoving(placed, box)
  const { pointed, at, onMouseMove } = usePointed(placed, far && many)
  const cards = useFlowNodes(nodes, placed, { selected, pointed, focused: roving.current }, far && many)
  const acts = useActs(props.onSelect)
  /** A finger points at nothing before it taps. */
  const onPaneClick = (event: MouseEvent) => {
    const id = at(event)
    if (id !== undefined) acts.select?.(id)
  }
  return (
    <ActsContext value={acts}>
      <LevelContext value={level}>
        <ReactFlow
          aria-label={label}
          className={classes.canvas}
          nodes={cards}
          edges={NO_EDGES}
          nodeTypes={TYPES}
          defaultViewport={start}
          minZoom={Math.min(0.3, start.zoom)}
          maxZoom={1.5}
          onlyRenderVisibleElements={many}
          onMoveEnd={view.onMoveEnd}
          onMouseMove={onMouseMove}
          onPaneClick={onPaneClick}
          onKeyDown={roving.onKeyDown}
          panOnDrag={movable}
          zoomOnPinch={movable}
          zoomOnScroll={wheel}
          preventScrolling={wheel}
          {...UNCHANGING}
        >
          {far && many && <Blocks nodes={nodes} placed={placed} />}
          <Edges shown={edges} placed={placed} selected={selected} />
          {controls && <Controls fit={view.fit} />}
          {many && <SmallMap nodes={nodes} placed={placed} box={box} />}
        </ReactFlow>
      </LevelContext>
    </ActsContext>
  )
}

/** Nothing can be moved, connected or deleted; what can be focused is inside of the cards. */
const UNCHANGING = {
  nodesDraggable: false,
  nodesConnectable: false,
  nodesFocusable: false,
  edgesFocusable: false,
  elementsSelectable: false,
  disableKeyboardA11y: true,
  zoomOnDoubleClick: false,
  deleteKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: null,
  panActivationKeyCode: null,
} as const

/** Before the canvas is there, the one that it will begin with. */
function useLevel(start: number): Level {
  return useStore((state) => levelOf(state.panZoom ? state.transform[2] : start))
}
