/** Where what an entry of the audit log speaks of can be looked at. */
import type { AuditEntry } from '~/api/schema'
import { pipelinePath, runPath, shortId } from '~/kit/Links'
import { publishPath } from '~/sql/names'

type Entry = Pick<AuditEntry, 'action' | 'object' | 'team'> & { detail: unknown }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NAME = /^[a-z0-9][a-z0-9_-]*$/

/** The members of an entry's detail; none if it is no object. */
export function detailOf({ detail }: Pick<Entry, 'detail'>): [string, unknown][] {
  return typeof detail === 'object' && detail !== null ? Object.entries(detail) : []
}

/** The page of what an entry is about, in the entry's environment; nothing where there is none. */
export function pageOfObject(entry: Entry): string | undefined {
  switch (entry.action.split('.')[0]) {
    case 'run':
    case 'pipeline':
    case 'job':
      return pageOfPipeline(entry.object)
    case 'project':
      return pageOfValue('revision', new Map(detailOf(entry)).get('revision'))
    case 'lake':
      return pageOfValue('publish', publishIn(entry.object))
    case 'secret':
      return entry.team ? `/secrets?search=${encodeURIComponent(`${entry.team}/${entry.object}`)}` : undefined
    case 'token':
    case 'session':
      return `/tokens?search=${encodeURIComponent(entry.object)}`
    default:
      return undefined
  }
}

/** `publish 019…` → its id. */
const publishIn = (object: string) => /^publish (\S+)$/.exec(object)?.[1]

/** What an entry is about, as people call it. */
export function nameOfObject({ action, object, team }: Entry): string {
  if (action.startsWith('secret.') && team) return `${team}/${object}`
  const publish = publishIn(object)
  return action.startsWith('lake.') && publish ? `publish ${shortId(publish)}` : object
}

function pageOfPipeline(object: string): string | undefined {
  const [team = '', name = '', ...more] = object.split('/')
  return NAME.test(team) && NAME.test(name) && more.length === 0 ? pipelinePath(team, name) : undefined
}

/** The page of what a member of an entry's detail names. */
export function pageOfValue(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || !UUID.test(value)) return undefined
  if (key === 'run' || key === 'of') return runPath(value)
  if (key === 'publish') return publishPath(value)
  if (key === 'revision' || key === 'rolled_back_to') return `/deployments/${value}`
  return undefined
}

/** The run that an entry is about, and the date that that is about, if it says so. */
export function runOf(entry: Entry): { run: string; date: string | undefined } | undefined {
  if (!entry.action.startsWith('run.')) return undefined
  const { run, date } = Object.fromEntries(detailOf(entry))
  if (typeof run !== 'string' || !UUID.test(run)) return undefined
  return { run, date: typeof date === 'string' ? date : undefined }
}

/** A member of an entry's detail as text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
