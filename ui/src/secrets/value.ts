/** Values of secrets on their way from a field or file to the server. */

/** What the server takes at most, in bytes. */
export const LONGEST = 64 * 1024

export type Reading = { value: string } | { mistake: string }

/** What was typed, as it is. */
export function checkedText(text: string): Reading {
  if (text === '') return { mistake: 'A value is missing.' }
  if (new TextEncoder().encode(text).length > LONGEST) return { mistake: 'This is longer than 64 KiB.' }
  if (text.includes('\0')) return { mistake: 'It has a zero byte, which no environment variable can hold.' }
  return { value: text }
}

/** What is in a file, without one line break at its end, as `polder secret set --from-file` reads it. */
export function checkedBytes(bytes: ArrayBuffer): Reading {
  if (bytes.byteLength > LONGEST + 2) return { mistake: 'This file is longer than 64 KiB.' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return checkedText(text.replace(/\r?\n$/, ''))
  } catch {
    return { mistake: 'This file is not text. Encode it, such as in base64.' }
  }
}
