// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/**
 * A line of a log without what is meant for terminals only, such as colours; of a line that overwrote itself, what was left
 * to see.
 */
export function legible(line: string): string {
  const bare = line.replace(ESCAPES, '').replace(/\r+$/, '')
  return bare.slice(bare.lastIndexOf('\r') + 1).replace(CONTROLS, '')
}
