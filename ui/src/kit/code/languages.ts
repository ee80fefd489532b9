/** The languages of users' files, each loaded when the first file of it is shown. */
import type { Extension } from '@codemirror/state'

export type Language = 'yaml' | 'python' | 'sql' | 'json' | 'shell' | 'javascript' | 'text'

const LOADERS: Record<Language, () => Promise<Extension>> = {
  yaml: async () => (await import('@codemirror/lang-yaml')).yaml(),
  python: async () => (await import('@codemirror/lang-python')).python(),
  sql: async () => (await import('@codemirror/lang-sql')).sql(),
  json: async () => (await import('@codemirror/lang-json')).json(),
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true, jsx: true }),
  shell: async () => (await import('./shell')).shell(),
  text: async () => [],
}

export const loadLanguage = (language: Language) => LOADERS[language]()
