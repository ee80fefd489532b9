/** What a graph is made of, as pages hand it over. */
import type { ComponentType, ReactNode } from 'react'

export type GraphNode = {
  id: string
  label: string
  /** A second, quieter line. */
  below?: string
  /** A state of a run or step; gives colour and shape. */
  status?: string
  /** Instead of the shape of the status. */
  icon?: ComponentType<{ size?: number | string; 'aria-hidden'?: boolean }> | ReactNode
  /** Where the label leads. */
  to?: string
  dimmed?: boolean
  /** Stands out, such as what was searched for. */
  marked?: boolean
  /** Is only referred to: drawn with a dashed border. */
  missing?: boolean
  /** A colour that tells what belongs together, as a CSS value. */
  tint?: string
}

export type GraphEdge = {
  from: string
  to: string
  label?: string
  dashed?: boolean
  dimmed?: boolean
}

export type Direction = 'right' | 'down'

export const CARD = { width: 196, height: 52 }
/** Between cards in the direction of the graph, and across it. */
export const GAPS = { along: 52, beside: 16 }
