/** Ten thousand pipelines. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { Polder } from './client'
import { elementsOf, framesWhile, tell } from './fluency'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn()
const PROJECTS = 10
const EACH = 1_000
const TOTAL = PROJECTS * EACH

const named = (project: number, pipeline: number) => `p${project}-${String(pipeline).padStart(4, '0')}`

function filesOf(project: number): Record<string, string> {
  const files: Record<string, string> = { 'polder.yaml': `project: many${project}\nteam: team${project}\n` }
  for (let one = 0; one < EACH; one++) {
    const name = named(project, one)
    files[`pipelines/${name}.yaml`] =
      `name: ${name}\ntriggers: [{schedule: "0 3 1 1 *"}]\nsteps: [{name: a, run: "true"}]\n`
  }
  return files
}

const rows = (page: Page) => page.getByRole('table', { name: 'Pipelines' }).locator('tbody tr[aria-rowindex]')
const lastIndex = (page: Page) => rows(page).last().getAttribute('aria-rowindex').then(Number)

story(
  'there they are',
  async ({ server }) => {
    const polder = new Polder(server)
    for (let project = 0; project < PROJECTS; project++) await polder.deploy(filesOf(project))
  },
  240_000,
)

story('the list scrolls, and draws only what can be seen', async ({ visit, page }) => {
  await visit.open('/pipelines')
  await page
    .getByText(/10,000/)
    .first()
    .waitFor()
  await page.mouse.move(640, 600)
  const gaps = await framesWhile(page, async () => {
    for (let turn = 0; turn < 60; turn++) {
      await page.mouse.wheel(0, 800)
      await page.evaluate(() => new Promise(requestAnimationFrame))
    }
  })
  tell('scrolling through pipelines', gaps)
  expect(await elementsOf(page)).toBeLessThan(6_000)
  expect(gaps[0]).toBeLessThan(3_000)
})

story(
  'every row can be reached',
  async ({ visit, page }) => {
    await visit.open('/pipelines')
    await rows(page).first().waitFor()
    for (let reached = 0; reached < TOTAL + 1; ) {
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
      await expect.poll(() => lastIndex(page)).toBeGreaterThan(reached)
      reached = await lastIndex(page)
    }
    await page
      .getByText(named(PROJECTS - 1, EACH - 1))
      .first()
      .waitFor()
    expect(await elementsOf(page)).toBeLessThan(6_000)
  },
  180_000,
)

story('the server finds one of them by a part of its name', async ({ visit, page }) => {
  await visit.open('/pipelines')
  await page.keyboard.press('/')
  await page.keyboard.type('p7-0999')
  await expect.poll(() => rows(page).count()).toBe(1)
  await rows(page)
    .getByRole('link', { name: /p7-0999/ })
    .first()
    .click()
  await page.waitForURL('**/pipelines/team7/p7-0999')
})

story('the overview does not need to know them all', async ({ visit, page }) => {
  await visit.open('/')
  await page.getByRole('main').getByText(/team0/).first().waitFor()
  expect(await elementsOf(page)).toBeLessThan(6_000)
})
