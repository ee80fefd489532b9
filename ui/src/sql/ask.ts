/** Asks the lake. */
import { answer as answerOf, api } from '~/api/client'
import { ApiProblem, Unreachable } from '~/api/problem'
import { type Answer, parseAnswer } from './answer'

export type Asked = { sql: string; environment: string; branch?: string | undefined; rows?: number | undefined }

/** How long the server works on a file that somebody downloads, in seconds. */
const FILE_TIMEOUT = 600

/** The server began to answer, and stopped. */
export class BrokenOff extends Error {
  override name = 'BrokenOff'
  constructor() {
    super('The answer broke off: the query took too long, needed too much, or the connection was lost.')
  }
}

export async function ask(asked: Asked, signal?: AbortSignal): Promise<Answer> {
  const headers = { Accept: 'application/json' }
  const body = { ...bodyOf(asked), max_rows: asked.rows }
  const text = await whole(api.POST('/api/v1/sql', { body, headers, signal, parseAs: 'text' }))
  return parseAnswer(text as string)
}

/** All rows, as a file. */
export async function askForFile(asked: Asked, signal?: AbortSignal): Promise<Blob> {
  const headers = { Accept: 'text/csv' }
  const body = { ...bodyOf(asked), timeout_seconds: FILE_TIMEOUT }
  return (await whole(api.POST('/api/v1/sql', { body, headers, signal, parseAs: 'blob' }))) as Blob
}

const bodyOf = ({ sql, environment, branch }: Asked) => (branch ? { sql, branch } : { sql, environment })

async function whole<T>(asked: Parameters<typeof answerOf<T>>[0]): Promise<T> {
  try {
    return await answerOf(asked)
  } catch (error) {
    throw error instanceof ApiProblem || error instanceof Unreachable || isAbort(error) ? error : new BrokenOff()
  }
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'
