/** What a story does beside the browser: the API, as a script or a colleague would use it. */
import { createHash } from 'node:crypto'
import createClient, { type Client } from 'openapi-fetch'
import type { paths, Revision, Role, Run, RunStarted, StartRun } from '~/api/schema'
import type { Address } from './server'

/** The files of a project: path → text. */
export type Files = Record<string, string>
type StartOptions = StartRun & { environment?: string }

export class Polder {
  readonly api: Client<paths>
  constructor(private readonly at: Address) {
    this.api = createClient<paths>({ baseUrl: at.url, headers: { Authorization: `Bearer ${at.token}` } })
  }

  /** Uploads what a project consists of, and makes it a revision; answers with its id. */
  async deploy(files: Files, environment = 'prod', note?: string, source?: Record<string, string>): Promise<string> {
    const listed = await Promise.all(Object.entries(files).map(([path, text]) => this.upload(path, text)))
    const { revision } = await done(
      this.api.POST('/api/v1/deployments', { body: { environment, files: listed, note, ...(source && { source }) } }),
    )
    return revision.id
  }

  /** Starts a run; answers with its id. */
  async start(pipeline: string, { environment, ...body }: StartOptions = {}): Promise<string> {
    const params = { path: split(pipeline), query: { environment } }
    const started = await done(this.api.POST('/api/v1/pipelines/{team}/{name}/runs', { params, body }))
    return (started as RunStarted).id
  }

  /** Starts a run and waits for its end. */
  async run(pipeline: string, options?: StartOptions): Promise<Run> {
    return this.ended(await this.start(pipeline, options))
  }

  /** The run, as soon as it has ended. */
  async ended(id: string): Promise<Run> {
    for (;;) {
      const run = await done(this.api.GET('/api/v1/runs/{id}', { params: { path: { id }, query: { wait: 50 } } }))
      if (run.ended_at) return run
    }
  }

  async abort(id: string): Promise<void> {
    await done(this.api.POST('/api/v1/runs/{id}/abort', { params: { path: { id } } }))
  }

  /** Runs what failed of a run once more, as it is deployed now; answers with the new run's id. */
  async rerun(id: string): Promise<string> {
    const body = { from: 'failed', revision: 'latest' } as const
    const started = await done(this.api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id } }, body }))
    return started.id
  }

  async pause(pipeline: string): Promise<void> {
    await done(this.api.POST('/api/v1/pipelines/{team}/{name}/pause', { params: { path: split(pipeline) } }))
  }

  async newestRun(pipeline: string): Promise<Run | undefined> {
    const { team, name } = split(pipeline)
    const query = { team, pipeline: name, limit: 1 }
    const { items } = await done(this.api.GET('/api/v1/runs', { params: { query } }))
    const id = items[0]?.id
    return id ? done(this.api.GET('/api/v1/runs/{id}', { params: { path: { id } } })) : undefined
  }

  /** Those of a team, newest first. */
  async revisions(team: string): Promise<Revision[]> {
    const { items } = await done(this.api.GET('/api/v1/revisions', { params: { query: { team } } }))
    return items
  }

  async setSecret(team: string, name: string, value: string, environment = 'prod'): Promise<void> {
    const path = { team, environment, name }
    await done(this.api.PUT('/api/v1/secrets/{team}/{environment}/{name}', { params: { path }, body: { value } }))
  }

  /** A new token and its id. */
  async token(name: string, role: Role, team?: string): Promise<{ id: string; token: string }> {
    return done(this.api.POST('/api/v1/tokens', { body: { name, grants: [{ role, team }] } }))
  }

  async revoke(id: string): Promise<void> {
    await done(this.api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }))
  }

  private async upload(path: string, text: string) {
    const body = Buffer.from(text)
    const sha256 = createHash('sha256').update(body).digest('hex')
    const headers = { Authorization: `Bearer ${this.at.token}`, 'Content-Type': 'application/octet-stream' }
    const answer = await fetch(`${this.at.url}/api/v1/blobs/${sha256}`, { method: 'PUT', body, headers })
    if (!answer.ok) throw new Error(`${path} could not be uploaded: ${await answer.text()}`)
    return { path, sha256, size: body.length, executable: false }
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

export async function done<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(error)}`)
  return data as T
}

function split(pipeline: string) {
  const [team = '', name = ''] = pipeline.split('/')
  return { team, name }
}
