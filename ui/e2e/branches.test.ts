/** What was written and never published: it is listed, it is looked into, and it goes when its time is over. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { barriers, lookAt } from './axe'
import { done, Polder } from './client'
import { FILES, openShop, type Shop } from './shop'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn('--slots', '4', '--lake-retention', '1s')
let shop: Shop

const ENDLESS =
  'CREATE TABLE marts.endless AS SELECT count(*) AS n FROM generate_series(1, 1000000000000) AS t(number);'
const RESET = { ...FILES, 'raw.sql': 'CREATE TABLE raw.only_in_dev AS SELECT 1 AS one;', 'marts.sql': 'SELECT 1;' }

const rows = (page: Page) => page.getByRole('table', { name: 'Branches' }).getByRole('row')
const rowOf = (page: Page, step: string) => rows(page).filter({ has: page.getByRole('link', { name: step }) })

story('without branches, it says what would make one', async ({ visit, page }) => {
  await visit.open('/lake/branches')
  await page.getByText('Nothing was written in prod yet').waitFor()
  expect(await barriers(page)).toEqual([])
  await visit.photograph('branches-empty')
})

story('what a step wrote in vain is found without its run, and looked into', async ({ visit, page, server }) => {
  await visit.open('/lake')
  await visit.live()
  await page.getByText('Branches', { exact: true }).click()
  await page.waitForURL('**/lake/branches')
  shop = await openShop(new Polder(server))
  const wreck = rowOf(page, 'wreck')
  await wreck.getByText('not published', { exact: true }).first().waitFor()
  expect(await rowOf(page, 'load').first().innerText()).toMatch(/^published/)
  await wreck.getByRole('link', { name: `run ${shop.wrecked.slice(-8)}` }).waitFor()
  expect(await wreck.getByRole('link', { name: 'wreck' }).getAttribute('href')).toContain(`/runs/${shop.wrecked}?step=`)
  expect(await lookAt(visit, 'branches', 'wide')).toEqual([])
  await wreck.getByRole('link', { name: /^Look into it/ }).click()
  await page.getByText('You look at an unpublished branch').waitFor()
  await page.getByRole('note').getByText('marts.halfway, 20 rows').waitFor()
})

story('branches are found by step or run, and those that were published can be left out', async ({ visit, page }) => {
  await visit.open('/lake/branches')
  await rowOf(page, 'load').first().waitFor()
  await page.getByRole('switch', { name: 'Only unpublished ones' }).click({ force: true })
  await page.waitForURL(/unpublished=yes/)
  await expect.poll(() => rowOf(page, 'load').count()).toBe(0)
  await rowOf(page, 'wreck').waitFor()
  await page.getByRole('searchbox', { name: 'Branch, run or step' }).fill(shop.held.slice(-8))
  await page.waitForURL(/search=/)
  await expect.poll(() => rowOf(page, 'wreck').count()).toBe(0)
  await rowOf(page, 'build').waitFor()
  await visit.open('/lake/branches?search=no-such-step')
  await page.getByText('No branch of prod has “no-such-step” in its name, run or step').waitFor()
})

story('a branch is being written until its step is over', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  await polder.deploy({ ...FILES, 'wreck.sql': ENDLESS })
  const run = await polder.start('shop/wreck', { logical_date: '2026-02-04' })
  const query = { environment: 'prod', run }
  const branches = async () => (await done(polder.api.GET('/api/v1/lake/branches', { params: { query } }))).items
  await expect.poll(async () => (await branches()).map(({ state }) => state)).toEqual(['OPEN'])
  await visit.open(`/lake/branches?search=${run}`)
  await visit.live()
  await rowOf(page, 'wreck').getByText('being written').first().waitFor()
  await visit.photograph('branches-open')
  await polder.abort(run)
  await rowOf(page, 'wreck').getByText('the attempt did not succeed').first().waitFor()
})

story('a branch of another environment is looked into there', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  await polder.deploy(FILES, 'dev')
  await polder.run('shop/wreck', { environment: 'dev', logical_date: '2026-02-04' })
  await visit.open('/lake/branches?environment=dev')
  await rowOf(page, 'wreck')
    .getByRole('link', { name: /^Look into it/ })
    .click()
  await page.getByRole('note').getByRole('link', { name: 'marts.halfway' }).click()
  await page.getByText('FROM marts.halfway').waitFor()
  await page.getByRole('button', { name: /^Run/ }).click()
  await page.getByText('20 rows, 1 column').waitFor()
  expect(new URL(page.url()).searchParams.getAll('environment')).toEqual(['dev'])
})

story('what an environment was before it was reset is kept', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  await polder.deploy(RESET, 'dev')
  await polder.run('shop/load', { environment: 'dev', logical_date: '2026-02-04' })
  await done(polder.api.POST('/api/v1/environments/{name}/reset', { params: { path: { name: 'dev' } } }))
  await visit.open('/lake/branches?environment=dev')
  const kept = rows(page).filter({ hasText: 'env-dev-' })
  await kept.getByText('from before a reset').first().waitFor()
  expect(await lookAt(visit, 'branches-reset', 'wide')).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await lookAt(visit, 'branches-reset', 'narrow')).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await kept.getByRole('link', { name: /^Look into it/ }).click()
  await page.waitForURL(/environment=dev&branch=env-dev-/)
  await page.getByText('The environment was reset since').waitFor()
  await visit.open(`${new URL(page.url()).pathname}${new URL(page.url()).search}#SELECT%20one%20FROM%20raw.only_in_dev`)
  await page.getByRole('button', { name: /^Run/ }).click()
  await page.getByText('1 row, 1 column').waitFor()
})

story('what is gone is not looked into', async ({ visit, page, server }) => {
  const { api } = new Polder(server)
  const states = async () => {
    await done(api.POST('/api/v1/lake/vacuum'))
    return (await done(api.GET('/api/v1/lake/branches'))).items.map(({ state }) => state)
  }
  await expect.poll(async () => new Set(await states())).toEqual(new Set(['REMOVED']))
  await visit.open('/lake/branches')
  await rowOf(page, 'wreck').first().getByText('its time was over').first().waitFor()
  expect(
    await rows(page)
      .getByRole('link', { name: /^Look into it/ })
      .count(),
  ).toBe(0)
  expect(await lookAt(visit, 'branches-gone', 'wide')).toEqual([])
})
