/** What keeps somebody from using a page, as far as axe can tell. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import type { Visit } from './browser'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violations = { violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }

/** Axe comes through the debugger, which no policy of the page holds back. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<Violations> } }).axe.run(),
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

export const WIDTHS = { wide: { width: 1280, height: 900 }, narrow: { width: 375, height: 812 } }
export const THEMES = ['light', 'dark'] as const

/** In each theme: how it looks, and what axe says of it. */
export async function lookAt(visit: Visit, name: string, width: keyof typeof WIDTHS): Promise<string[]> {
  const wrong: string[] = []
  for (const colorScheme of THEMES) {
    await visit.page.emulateMedia({ colorScheme })
    await visit.settled()
    await visit.photograph(`${name}-${colorScheme}-${width}`, width === 'narrow')
    wrong.push(...(await barriers(visit.page)).map((what) => `${colorScheme} ${width}: ${what}`))
  }
  return wrong
}
