/** Writes plain data as YAML to read. It is shown, never read back. */

type Lines = string[]

export function toYaml(value: unknown): string {
  return `${block(value, 0).join('\n')}\n`
}

function block(value: unknown, depth: number): Lines {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => listItem(item, depth))
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => entry(scalarText(key), item, depth))
  return [`${indent(depth)}${scalar(value)}`]
}

function entry(key: string, value: unknown, depth: number): Lines {
  const head = `${indent(depth)}${key}:`
  if (typeof value === 'string' && value.includes('\n')) return [`${head} |`, ...literal(value, depth + 1)]
  if (isNested(value)) return [head, ...block(value, depth + 1)]
  return [`${head} ${scalar(value)}`]
}

/** The dash takes the place of the first line's indentation. */
function listItem(value: unknown, depth: number): Lines {
  if (!isNested(value)) return [`${indent(depth)}- ${scalar(value)}`]
  const [first = '', ...rest] = block(value, depth + 1)
  return [`${indent(depth)}- ${first.trimStart()}`, ...rest]
}

const literal = (text: string, depth: number) =>
  text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent(depth)}${line}`))

const indent = (depth: number) => '  '.repeat(depth)

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

const isNested = (value: unknown) => isMap(value) || (Array.isArray(value) && value.length > 0)

const scalar = (value: unknown) => (typeof value === 'string' ? scalarText(value) : (JSON.stringify(value) ?? 'null'))

/** Texts that YAML would read as something else stand in quotes. */
function scalarText(text: string): string {
  const plain = /^[A-Za-z_./][\w ./,(){}@+-]*$/.test(text) && !text.endsWith(' ')
  return plain && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text) ? text : JSON.stringify(text)
}
