/** The session ends while somebody is in the middle of something. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { signIn } from './browser'
import { story } from './story'

const PIPELINE =
  'name: voyage\nparameters: {ship: {default: Batavia}}\nsteps: [{name: go, run: "echo {{ params.ship }}"}]\n'
const FILES = { 'polder.yaml': 'project: ships\nteam: harbour\n', 'pipelines/voyage.yaml': PIPELINE }

const ended = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' })

async function signInAgain(page: Page, token: string) {
  await ended(page).getByLabel('API token').fill(token)
  await ended(page)
    .getByRole('button', { name: /^Sign in/ })
    .click()
  await ended(page).waitFor({ state: 'hidden' })
}

const outside = story.extend({ look: { signedIn: false } })

outside('it asks on top of the page, and what was typed is still there', async ({ visit, page, context, polder }) => {
  visit.troubles.allow(/status of 401/)
  await polder.deploy(FILES)
  const { id, token } = await polder.token('sailor', 'operator')
  await signIn(context, { url: visit.server.url, token })
  await visit.open('/pipelines/harbour/voyage')
  await visit.live()
  await page.getByRole('button', { name: 'Run…' }).click()
  const ship = page.getByLabel(/^ship/)
  await ship.fill('Zeven Provinciën')
  const address = page.url()

  await polder.revoke(id)
  await ended(page).waitFor()
  await signInAgain(page, visit.server.token)
  expect(page.url()).toBe(address)
  expect(await ship.inputValue()).toBe('Zeven Provinciën')
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.waitForURL(/\/runs\//)
  await page.getByText('Zeven Provinciën').first().waitFor()
  await visit.live()
})

outside('filters and the place on the page are kept', async ({ visit, page, context, polder }) => {
  visit.troubles.allow(/status of 401/)
  await polder.deploy(FILES)
  for (let day = 10; day < 28; day++) {
    await Promise.all(
      ['01', '03', '05'].map((month) => polder.run('harbour/voyage', { logical_date: `2026-${month}-${day}` })),
    )
  }
  const { id, token } = await polder.token('reader of lists', 'viewer')
  await signIn(context, { url: visit.server.url, token })
  await visit.open('/runs?team=harbour&status=SUCCEEDED')
  await visit.live()
  await page.getByText('2026-05-27').first().waitFor()
  await page.mouse.move(640, 600)
  await page.mouse.wheel(0, 900)
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(500)
  const [address, place] = [page.url(), await page.evaluate(() => window.scrollY)]

  await polder.revoke(id)
  await ended(page).waitFor()
  await signInAgain(page, visit.server.token)
  await visit.live()
  expect(page.url()).toBe(address)
  expect(Math.abs((await page.evaluate(() => window.scrollY)) - place)).toBeLessThan(5)
})
