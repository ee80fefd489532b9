/** Every page, light and dark, wide and narrow: nothing that keeps somebody from using it, and a picture to look at. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import type { Visit } from './browser'
import { placesOf } from './places'
import { story, storyOutside } from './story'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WIDTHS = { wide: { width: 1280, height: 900 }, narrow: { width: 375, height: 812 } }
const THEMES = ['light', 'dark'] as const

type Violations = { violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }

story.for(placesOf(inject('world')))('$name', async ({ path, name, heading }, { visit, page }) => {
  visit.troubles.allow(/status of 404/)
  await visit.open(path)
  await visit.settled()
  const address = page.url()
  await eachLook(visit, name, async () => {
    await page.getByRole('heading', { level: 1, name: heading }).first().waitFor()
    await visit.live()
  })
  expect(page.url(), 'after loading it again').toBe(address)
})

storyOutside('sign-in', async ({ visit }) => {
  await visit.open('/')
  await eachLook(visit, 'sign-in', () => visit.page.getByLabel('API token').waitFor())
})

/** The page is loaded again for each width: every page is an address. */
async function eachLook(visit: Visit, name: string, loaded: () => Promise<void>) {
  const { page } = visit
  const wrong: string[] = []
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    await page.reload()
    await loaded()
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme })
      await visit.settled()
      await visit.photograph(`${name}-${colorScheme}-${width}`, width === 'narrow')
      wrong.push(...(await barriers(page)).map((what) => `${colorScheme} ${width}: ${what}`))
    }
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (beyond > 0) wrong.push(`${width}: scrolls ${beyond} pixels to the side`)
  }
  expect(wrong).toEqual([])
}

/** What axe says; it comes through the debugger, which no policy of the page holds back. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<Violations> } }).axe.run(),
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}
