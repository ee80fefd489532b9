/** From page to page. That each is an address of its own, and can be loaded again, is tested with the pages. */
import { expect } from 'vitest'
import { story } from './story'

story('back and forward go through what was looked at', async ({ visit, page }) => {
  await visit.open('/pipelines?search=water')
  await page.getByRole('link', { name: 'lake/water-levels' }).first().click()
  await page.waitForURL('**/pipelines/lake/water-levels')
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: /water-levels/ }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Pipelines' }).waitFor()
  expect(await page.getByRole('searchbox').first().inputValue()).toBe('water')
  await page.goForward()
  await page.getByRole('heading', { level: 1, name: /water-levels/ }).waitFor()
})

story('the environment stays while one goes from page to page', async ({ visit, page }) => {
  await visit.open('/pipelines?environment=dev')
  await page.getByRole('link', { name: 'lake/water-levels' }).first().click()
  await page.getByRole('heading', { level: 1, name: /water-levels/ }).waitFor()
  expect(new URL(page.url()).searchParams.get('environment')).toBe('dev')
  await page.getByRole('button', { name: 'Environment: dev' }).click()
  await page.getByRole('menuitemradio', { name: /^prod/ }).click()
  await page.getByRole('button', { name: 'Environment: prod' }).waitFor()
})

story('who asks for the log only sees the log, also of a step with models', async ({ visit, page, world }) => {
  await visit.open(`/runs/${world.held}?view=log`)
  await page.getByRole('searchbox', { name: 'Search this log' }).waitFor()
  await page.getByText('Timeline', { exact: true }).click()
  await page.getByRole('searchbox', { name: /Search models and tests/ }).waitFor()
})
