import { VisuallyHidden } from '@mantine/core'
import { useDeferredValue, useMemo } from 'react'
import { lookOf } from '../status'
import type { GraphEdge, GraphNode } from './types'

type Props = { label: string; nodes: GraphNode[]; edges: GraphEdge[] }

/** The graph in words: who there is, and what each needs. Drawn after the graph itself, as it may be long. */
export function TextAlternative(props: Props) {
  const { label, nodes, edges } = useDeferredValue(props, NOTHING)
  const needs = useMemo(() => needsOf(nodes, edges), [nodes, edges])
  return (
    <VisuallyHidden component="ul" aria-label={`${label}, in words`}>
      {nodes.map((node) => (
        <li key={node.id}>
          {[node.label, node.status && lookOf(node.status).word, needs.get(node.id)].filter(Boolean).join(', ')}
        </li>
      ))}
    </VisuallyHidden>
  )
}

const NOTHING: Props = { label: '', nodes: [], edges: [] }

function needsOf(nodes: GraphNode[], edges: GraphEdge[]): Map<string, string> {
  const labels = new Map(nodes.map((node) => [node.id, node.label]))
  const needs = new Map<string, string>()
  for (const { from, to } of edges) {
    const before = needs.get(to)
    const needed = labels.get(from) ?? from
    needs.set(to, before ? `${before}, ${needed}` : `after ${needed}`)
  }
  return needs
}
