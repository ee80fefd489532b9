/** The definition of a pipeline as the server stores it: `crates/polder-types/src/definition/model.rs`, as far as pages show it. */
import type { PipelineView } from '~/api/schema'

export type Seconds = { secs: number; nanos: number }
export type ParameterType = 'string' | 'integer' | 'number' | 'boolean' | 'date'

export type Parameter = {
  name: string
  type: ParameterType
  description: string | null
  default: unknown
  /** The values allowed; empty means any of the type. */
  choices: unknown[]
}

export type StepKind =
  | { run: { shell: string } | { arguments: string[] } }
  | { http: { method: string; url: string } }
  | { pipeline: { team: string; pipeline: string } }

export type Step = {
  name: string
  kind: StepKind
  needs: string[]
  when: 'on_success' | 'on_failure' | 'always'
}

export type Definition = {
  timezone: string
  parameters: Parameter[]
  steps: Step[]
  /** Relative to the project. */
  file: string
}

export const definitionOf = (pipeline: PipelineView) => pipeline.definition as unknown as Definition

/** What a step does, in a line: its kind, and the beginning of what it runs. */
export function doing(kind: StepKind): string {
  if ('run' in kind) return `run: ${'shell' in kind.run ? firstLine(kind.run.shell) : kind.run.arguments.join(' ')}`
  if ('http' in kind) return `http: ${kind.http.method} ${kind.http.url}`
  if ('pipeline' in kind) return `pipeline: ${kind.pipeline.team}/${kind.pipeline.pipeline}`
  return Object.keys(kind)[0] ?? ''
}

function firstLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  return rest.length > 0 ? `${first} …` : first
}

const CONDITIONS = { on_success: undefined, on_failure: 'on failure', always: 'always' }

/** What a step needs, in a graph; dashed where it runs not only when that has succeeded. */
export function edgeOf(need: string, step: string, when: Step['when'] | undefined) {
  const label = when && CONDITIONS[when]
  return { from: need, to: step, ...(label ? { label, dashed: true } : {}) }
}
