/** Rows that do not fit into a table stand in another one beside it, each with a reason. */
import type { StepRun } from '~/api/schema'
import { reference } from '~/sql/names'

const ENDING = '__rejected'

export const isOfRejected = (table: string) => table.toLowerCase().endsWith(ENDING)

/** The table that they were for, and the one beside it; a table of such rows is the second of its pair. */
export function pairOf(table: string): [string, string] {
  const fits = isOfRejected(table) ? table.slice(0, -ENDING.length) : table
  return [fits, isOfRejected(table) ? table : `${table}${ENDING}`]
}

/** The kinds of steps that may bring rows in. */
const KINDS = new Set(['sync', 'models'])

/** How many rows a step has rejected; nothing of one that cannot. */
export function rejectedBy({ kind, outputs }: Pick<StepRun, 'kind' | 'outputs'>): number | undefined {
  return KINDS.has(kind) && typeof outputs.rejected === 'number' ? outputs.rejected : undefined
}

/** The tables that they are in, with how many. */
export function rejectedIn(step: Pick<StepRun, 'kind' | 'outputs'>): [string, number][] {
  const places = step.outputs.rejected_in
  if (rejectedBy(step) === undefined || typeof places !== 'object' || places === null) return []
  return Object.entries(places).filter((place): place is [string, number] => typeof place[1] === 'number')
}

/** Those of one run. */
export const rejectedOf = (run: string, table: string) => `SELECT *\nFROM ${reference(table)}\nWHERE run = '${run}'`
