import type { Language } from './languages'

const BY_ENDING: Record<string, Language> = {
  yaml: 'yaml',
  yml: 'yaml',
  py: 'python',
  pyi: 'python',
  sql: 'sql',
  json: 'json',
  ipynb: 'json',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  env: 'shell',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  tsx: 'javascript',
  jsx: 'javascript',
}

const BY_NAME: Record<string, Language> = { dockerfile: 'shell', makefile: 'shell', justfile: 'shell' }

/** The language of a file by its name, else by its first line. */
export function languageOf(path: string, text = ''): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : ''
  return BY_ENDING[ending] ?? BY_NAME[name.split('.')[0] ?? ''] ?? byFirstLine(text)
}

function byFirstLine(text: string): Language {
  const first = text.slice(0, 200).split('\n')[0] ?? ''
  if (!first.startsWith('#!')) return 'text'
  if (first.includes('python')) return 'python'
  if (first.includes('node') || first.includes('deno')) return 'javascript'
  return /\b(ba|z|da)?sh\b/.test(first) ? 'shell' : 'text'
}
