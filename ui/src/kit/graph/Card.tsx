import { type NodeProps, useStore } from '@xyflow/react'
import { isValidElement, type KeyboardEvent, type MouseEvent, memo, type ReactNode, useContext } from 'react'
import { lookOf } from '../status'
import status from '../status.module.css'
import { ActsContext, LevelContext } from './context'
import classes from './graph.module.css'
import type { GraphNode } from './types'
import type { CardData, CardNode } from './useFlowNodes'

/** One node: its state as colour and shape, its label, and a second line. */
export const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const { node, selected, pointed } = data
  const level = useContext(LevelContext)
  const far = level === 'far'
  return (
    <div
      className={far ? classes.block : classes.card}
      data-level={level}
      data-color={node.status ? lookOf(node.status).color : undefined}
      data-selected={selected || undefined}
      data-pointed={pointed || undefined}
      data-dimmed={node.dimmed || undefined}
      data-marked={node.marked || undefined}
      data-missing={node.missing || undefined}
      data-tinted={node.tint ? true : undefined}
      style={node.tint ? ({ '--tint': node.tint } as React.CSSProperties) : undefined}
      title={titleOf(node)}
    >
      {!far && <Mark node={node} />}
      <div className={classes.words}>
        <Label data={data} far={far} />
        {level === 'near' && node.below && <span className={classes.below}>{node.below}</span>}
      </div>
      {far && <Bubble node={node} />}
    </div>
  )
})

/** What a card says that is too small to say it itself, as large as it would be. */
function Bubble({ node }: { node: GraphNode }) {
  const zoom = useStore((state) => state.transform[2])
  return (
    <span className={classes.bubble} style={{ transform: `scale(${1 / zoom})` }} aria-hidden>
      {titleOf(node)}
    </span>
  )
}

const wordOf = (node: GraphNode) => (node.status ? lookOf(node.status).word : undefined)
const titleOf = (node: GraphNode) => [node.label, wordOf(node), node.below].filter(Boolean).join(' · ')

function Mark({ node }: { node: GraphNode }) {
  const icon = iconOf(node)
  return icon ? (
    <span className={`${classes.mark} ${node.status === 'RUNNING' ? status.pulse : ''}`}>{icon}</span>
  ) : null
}

function iconOf({ icon, status }: GraphNode): ReactNode {
  const Icon = icon ?? (status ? lookOf(status).icon : undefined)
  if (!Icon || isValidElement(Icon)) return Icon as ReactNode
  if (typeof Icon !== 'function' && typeof Icon !== 'object') return Icon
  const Shape = Icon as React.ComponentType<{ size: number; 'aria-hidden': boolean }>
  return <Shape size={18} aria-hidden />
}

/** The label does what the card does; it covers it all. */
function Label({ data, far }: { data: CardData; far: boolean }) {
  const { node } = data
  const acts = useContext(ActsContext)
  const attributes = {
    className: classes.label,
    'aria-label': [node.label, wordOf(node), node.below].filter(Boolean).join(', '),
    'aria-current': data.selected || undefined,
    tabIndex: data.reachable ? 0 : -1,
    'data-card': node.id,
  }
  const text = far ? null : node.label
  const address = node.to === undefined ? undefined : acts.address(node.to)
  if (address !== undefined) {
    return (
      <a href={address} draggable={false} {...attributes} {...linkActs(node.id, address, acts)}>
        {text}
      </a>
    )
  }
  if (!acts.select) return <span className={classes.text}>{text}</span>
  return (
    <button type="button" {...attributes} onClick={() => acts.select?.(node.id)}>
      {text}
    </button>
  )
}

/** Where cards are selected, a click selects; a double click, Enter, and whatever opens a new tab follow the link. */
function linkActs(id: string, address: string, { select, go }: React.ContextType<typeof ActsContext>) {
  return {
    onClick(event: MouseEvent) {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      const byKey = event.detail === 0
      if (select && !byKey) select(id)
      else go(address)
    },
    onDoubleClick: () => go(address),
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== ' ' || !select) return
      event.preventDefault()
      select(id)
    },
  }
}
