/** What broke, why, and how everything that waits for it follows once it is mended. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

const catchOf = (line: string) => `name: catch
steps:
  - {name: sail, run: echo on the lake}
  - name: weigh
    run: |
      echo weighing
      ${line}
`
const MARKET = `name: market
triggers:
  - executions: {allOf: [{pipeline: fish/catch}], within: day}
steps: [{name: sell, run: echo selling}]
`
const project = (line: string) => ({
  'polder.yaml': 'project: fishing\nteam: fish\n',
  'pipelines/catch.yaml': catchOf(line),
  'pipelines/market.yaml': MARKET,
})
const WRONG = 'the scales are rusty'

const broken = (page: Page) => page.getByRole('article', { name: 'fish/catch' })

story(
  'a failed step is found, mended, and run again; the dependent follows by itself',
  async ({ visit, page, polder }) => {
    await polder.deploy(project(`sleep 0.2; echo ${WRONG} >&2; exit 7`))
    const failed = await polder.run('fish/catch', { logical_date: '2026-02-03' })

    // The reason, and what waits for it, is on the first page that one sees.
    await visit.open('/')
    await broken(page).getByText(WRONG).waitFor()
    await broken(page)
      .getByText(/Holds back/)
      .getByRole('link', { name: /market/ })
      .waitFor()
    await broken(page).getByRole('link', { name: 'Open log' }).click()
    await page.waitForURL((url) => url.pathname === `/runs/${failed.id}` && url.searchParams.get('step') === 'weigh')
    await page.getByText(WRONG, { exact: true }).first().waitFor()
    await page
      .getByText(/It holds back/)
      .getByRole('link', { name: 'market' })
      .waitFor()

    await polder.deploy(project('echo 12 kilograms'))
    await runAgainFromFailed(page)
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(failed.id))
    await page.getByText('12 kilograms', { exact: true }).first().waitFor()
    // What was mended needs no advice.
    await page.goBack()
    await page.getByText('It was run again since, and has succeeded.').first().waitFor()
    expect(await page.getByText('Mend that, then run again').count()).toBe(0)

    // Nobody has started the dependent.
    await visit.open('/runs?team=fish&pipeline=market')
    await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'succeeded' }).waitFor()
    expect((await polder.newestRun('fish/market'))?.logical_day).toBe('2026-02-03')
    await visit.open('/?team=fish')
    await expect.poll(() => broken(page).count()).toBe(0)
  },
)

async function runAgainFromFailed(page: Page) {
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByRole('menuitem', { name: 'With the newest revision' }).first().click()
}

story('the overview shows the end of it without loading anything again', async ({ visit, page, polder }) => {
  const scales = (line: string) => ({
    'polder.yaml': 'project: scales\nteam: scales\n',
    'pipelines/catch.yaml': catchOf(line),
  })
  const card = page.getByRole('article', { name: 'scales/catch' })
  await polder.deploy(scales(`echo ${WRONG} >&2; exit 7`))
  await visit.open('/?team=scales')
  await visit.live()
  await polder.run('scales/catch', { logical_date: '2026-02-04' })
  await card.getByText(WRONG).waitFor()
  await polder.deploy(scales('sleep 4; echo 13 kilograms'))
  await card.getByRole('button', { name: /^Run again from failed/ }).click()
  await card.waitFor({ state: 'hidden' })
  // It is not well before it has succeeded.
  await page.getByRole('heading', { name: '1 failure is being mended' }).waitFor()
  expect(await page.getByText('All is well').count()).toBe(0)
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
})
