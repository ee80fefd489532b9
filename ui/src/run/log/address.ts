/** One attempt of a step, whose log it is. */
export type Attempt = { run: string; step: string; epoch: number }

type Asked = { follow?: boolean; tail?: number; from?: number; format?: 'text' }

/** Where the log of an attempt is, for what the typed client cannot do: streams and links. */
export function addressOf({ run, step, epoch }: Attempt, asked: Asked): string {
  const query = new URLSearchParams({ step, epoch: String(epoch) })
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, String(value))
  return `/api/v1/runs/${encodeURIComponent(run)}/logs?${query}`
}
