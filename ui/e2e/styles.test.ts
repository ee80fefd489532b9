/** Only the styles of components that are used are loaded: all of those. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ASSETS = `${process.env.UI_FOLDER ?? fileURLToPath(new URL('../dist', import.meta.url))}/assets/`
const ALL = createRequire(import.meta.url).resolve('@mantine/core/styles.css')

const built = (ending: string) =>
  readdirSync(ASSETS)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(ASSETS + name, 'utf8'))
    .join('\n')

/** The classes that Mantine gives its components; scripts name them, styles have rules for them. */
const classesIn = (text: string) => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))

test('each component that scripts draw has its styles', () => {
  const [named, styled, possible] = [built('.js'), built('.css'), readFileSync(ALL, 'utf8')].map(classesIn)
  const used = [...(named ?? [])].filter((name) => possible?.has(name))
  expect(used.length).toBeGreaterThan(50)
  expect(used.filter((name) => !styled?.has(name))).toEqual([])
})
