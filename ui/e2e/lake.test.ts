/** Tables, what became of them, and what a run did to them. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { barriers, lookAt } from './axe'
import { signIn } from './browser'
import { Polder } from './client'
import { FILES, HOSTILE, openShop, type Shop } from './shop'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn('--slots', '4')
let shop: Shop

const table = (page: Page, name: string) => page.getByRole('table', { name })
const text = async (page: Page) => (await page.getByRole('main').innerText()).replaceAll(/\s+/g, ' ')

story('an empty lake says what would fill it', async ({ visit, page }) => {
  await visit.open('/lake')
  await page.getByText('There are no tables in prod yet').waitFor()
  await page.getByText('CREATE OR REPLACE TABLE').waitFor()
  expect(await barriers(page)).toEqual([])
  await visit.photograph('lake-empty')
  await visit.open('/lake/publishes')
  await page.getByText('Nothing was published in prod yet').waitFor()
})

story('a table appears when it is published, by itself', async ({ visit, page, server }) => {
  await visit.open('/lake')
  await visit.live()
  shop = await openShop(new Polder(server))
  await table(page, 'Tables').getByRole('link', { name: 'raw.orders' }).waitFor()
  const orders = table(page, 'Tables').getByRole('row').filter({ hasText: 'orders' })
  expect(await orders.innerText()).toMatch(/3\s.*KiB\s+id\s.*shop\/load load/s)
})

story('tables are found by a part of their name, and are listed under their schemas', async ({ visit, page }) => {
  await visit.open('/lake')
  await table(page, 'Tables').getByRole('row', { name: 'marts', exact: true }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('ORDERS')
  await page.waitForURL(/search=ORDERS/)
  await expect.poll(() => table(page, 'Tables').getByRole('link', { name: 'marts.days' }).count()).toBe(0)
  await table(page, 'Tables').getByRole('link', { name: 'raw.orders' }).click()
  await page.getByRole('heading', { level: 1, name: 'raw.orders' }).waitFor()
})

story('a table tells its columns, rows, history and readers', async ({ visit, page }) => {
  await visit.open('/lake/tables/raw.orders')
  await table(page, 'Columns')
    .getByRole('row', { name: /^id key BIGINT no/ })
    .waitFor()
  await table(page, 'Columns').getByText('DECIMAL(12, 2)').waitFor()
  await table(page, 'History').getByRole('link', { name: 'shop/load' }).waitFor()
  await page.getByRole('grid').getByText('10.50').waitFor()
  await visit.settled()
  expect(await text(page)).toContain('Read by shop/load marts, which wrote marts.days')
  await table(page, 'History').getByRole('link', { name: 'run of 2026-02-03' }).first().waitFor()
  expect(await text(page)).toMatch(/shop\/load load, run of 2026-02-03 by \w+/)
  await page.getByRole('link', { name: 'marts.days' }).click()
  await page.getByRole('heading', { level: 1, name: 'marts.days' }).waitFor()
})

story('what somebody ordered is text', async ({ visit, page }) => {
  await visit.open('/lake/tables/raw.orders')
  await page.getByRole('gridcell').getByText(HOSTILE).click()
  await page.getByLabel('What is pointed at').getByText(HOSTILE).waitFor()
  expect(await page.evaluate(() => [document.querySelectorAll('img[src="x"]').length, 'hacked' in window])).toEqual([
    0,
    false,
  ])
})

story('from a table to its rows in the editor', async ({ visit, page }) => {
  await visit.open('/lake/tables/marts.days')
  await page.getByRole('link', { name: 'Query it' }).click()
  await page.getByText('3 rows, 3 columns').waitFor()
  expect(await page.getByRole('textbox', { name: 'SQL' }).innerText()).toContain('FROM marts.days')
})

story('a publish tells what it changed and read', async ({ visit, page }) => {
  await visit.open('/lake')
  await page.getByText('Publishes', { exact: true }).click()
  await page.waitForURL('**/lake/publishes')
  await table(page, 'Publishes')
    .getByRole('link', { name: /ago|now/ })
    .first()
    .click()
  await page.waitForURL(`**/lake/publishes/${shop.publish}`)
  await page.getByRole('heading', { name: '1 table, 3 rows added' }).waitFor()
  expect(await text(page)).toMatch(/marts\.days made, 0 3 .* Read for it .*raw\.orders/)
})

story('another publish shows as another version', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  await visit.open('/lake/tables/marts.days')
  await visit.live()
  await table(page, 'History').getByRole('cell', { name: '0', exact: true }).waitFor()
  const { id } = await polder.run('shop/load', { logical_date: '2026-02-04' })
  await table(page, 'History').getByRole('cell', { name: '1', exact: true }).waitFor()
  await visit.open(`/runs/${id}?step=marts`)
  await page.getByText('Published as').waitFor()
  expect(await text(page)).toContain('marts.days (3 rows added, version 0 → 1)')
})

story('the rows of an earlier version are a click away', async ({ visit, page }) => {
  await visit.open('/lake/tables/raw.orders')
  await table(page, 'History').getByRole('link', { name: '0', exact: true }).click()
  await page.waitForURL('**/sql#**')
  await page.getByText('VERSION AS OF').first().waitFor()
  await page.getByRole('button', { name: /^Run/ }).click()
  await page.getByText(/^3 rows/).waitFor()
})

story('a publish is rolled back by a publish, once what came later is', async ({ visit, page }) => {
  visit.troubles.allow(/status of 409/)
  const dialog = page.getByRole('dialog', { name: /^Roll back publish/ })
  const rollBack = async () => {
    await page.getByRole('button', { name: 'Roll back…' }).click()
    await dialog.getByText('That is a publish of its own').waitFor()
    await dialog.getByRole('button', { name: 'Roll back' }).click()
  }
  // There is a later one.
  await visit.open(`/lake/publishes/${shop.publish}`)
  await rollBack()
  await dialog.getByText(/changed since by later publishes: roll those back first/).waitFor()
  await dialog.getByText('The page of each of these tables').waitFor()
  await dialog.getByRole('link', { name: /^To publish [0-9a-f]{8}$/ }).waitFor()
  expect(await dialog.getByRole('button', { name: 'Roll back' }).isDisabled()).toBe(true)
  await visit.photograph('publish-rollback-refused')
  expect(await barriers(page)).toEqual([])
  await dialog.getByRole('link', { name: 'marts.days' }).click()
  await table(page, 'History')
    .getByRole('link', { name: /ago|now/ })
    .first()
    .click()

  const later = page.url()
  await page.getByRole('button', { name: 'Roll back…' }).waitFor()
  await rollBack()
  await page.waitForURL((url) => url.href !== later && url.pathname.startsWith('/lake/publishes/'))
  await page.getByText('This is the publish that did it').waitFor()
  await table(page, 'Tables').getByRole('cell', { name: '1 → 2' }).waitFor()
  await page.getByRole('heading', { name: '1 table, 3 rows removed, 3 put back' }).waitFor()
  await visit.photograph('publish-rollback')
  const back = page.url()
  await page.getByRole('note').getByText('This publish is a roll-back of').getByRole('link').click()
  await page.waitForURL(later)
  await page.getByText('This was rolled back').waitFor()
  expect(await page.getByRole('button', { name: /Roll back/ }).count()).toBe(0)
  await visit.photograph('publish-rolled-back')
  expect(await barriers(page)).toEqual([])
  await page.getByRole('note').getByRole('link').click()
  await page.waitForURL(back)
  for (const path of ['/lake/publishes', '/lake/tables/marts.days']) {
    await visit.open(path)
    await page.getByText('roll-back of').waitFor()
    await page.getByText('rolled back by').waitFor()
    expect(await text(page)).toContain('−3 +3')
    expect(await lookAt(visit, `rollback${path.replaceAll('/', '-')}`, 'wide')).toEqual([])
  }

  await visit.open('/audit')
  await page.getByText('rolled back the').first().waitFor()
  await page
    .getByRole('link', { name: /^publish [0-9a-f]{8}$/ })
    .first()
    .click()
  await page.waitForURL(later)
})

story('who may only look cannot roll back', async ({ visit, page, context, server }) => {
  const { token } = await new Polder(server).token('looker', 'viewer')
  await signIn(context, { url: server.url, token })
  await visit.open(`/lake/publishes/${shop.publish}`)
  await page.getByRole('heading', { name: '1 table, 3 rows added' }).waitFor()
  expect(await page.getByRole('button', { name: /Roll back/ }).count()).toBe(0)
})

story('what a failed run wrote can be looked into, and nobody else sees it', async ({ visit, page }) => {
  await visit.open(`/runs/${shop.wrecked}`)
  await page.getByText('Step wreck published nothing.').waitFor()
  const wrote = page.getByRole('region', { name: 'What step wreck wrote' })
  await wrote.getByText('marts.halfway, 20 rows, made there').waitFor()
  expect(await lookAt(visit, 'left-behind', 'wide')).toEqual([])
  await wrote.getByRole('link', { name: 'marts.halfway' }).click()
  await page.getByText('20 rows, 1 column').waitFor()
  await page.getByText('You look at an unpublished branch').waitFor()
  await page.getByText(/nothing of this was published/).waitFor()
  await page.getByRole('note').getByText('marts.halfway, 20 rows').waitFor()
  expect(await lookAt(visit, 'sql-branch', 'wide')).toEqual([])
  await visit.open('/lake?search=halfway')
  await page.getByText('No table of prod has “halfway” in its name').waitFor()
})

story('a branch that is not there is not looked at', async ({ visit, page }) => {
  visit.troubles.allow(/status of 404/)
  await visit.open('/sql?branch=no-such-branch')
  await page
    .getByRole('alert')
    .getByText(/branch no-such-branch/)
    .waitFor()
  expect(await page.getByText('You look at an unpublished branch').count()).toBe(0)
})

story('what held the gate shut is on the page of the run, with its rows', async ({ visit, page }) => {
  await visit.open('/')
  await page.getByRole('button', { name: 'Run again from the start: build' }).waitFor()
  await visit.open(`/runs/${shop.held}`)
  await page
    .getByText('The gate is shut: 1 test failed, 1 test warned, 1 was left out. Step build published nothing.')
    .waitFor()
  const found = page.getByRole('grid', { name: 'Rows that not_null_customers_customer found' })
  await found.getByRole('gridcell', { name: 'null', exact: true }).waitFor()
  await page.getByRole('button', { name: 'test no_markup' }).click()
  const hostile = page.getByRole('grid', { name: 'Rows that no_markup found' })
  await hostile.getByRole('gridcell', { name: HOSTILE }).waitFor()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  await found.getByRole('columnheader', { name: 'orders BIGINT' }).waitFor()
  const orders = found.getByRole('gridcell').last()
  expect(await orders.evaluate((one) => getComputedStyle(one).textAlign)).toBe('right')
  await visit.photograph('checks')
  await page.getByRole('searchbox', { name: 'Search models and tests' }).fill('loyal')
  await page.getByRole('button', { name: 'model marts.loyal' }).waitFor()
  await page.getByText(/did not pass/).waitFor()
  expect(await found.count()).toBe(0)
  await page.getByRole('searchbox', { name: 'Search models and tests' }).fill('not_null')
  await page.getByRole('button', { name: 'Show its SQL' }).click()
  await page.getByLabel('SQL of not_null_customers_customer').first().waitFor()
  await page.getByRole('link', { name: 'Open in the editor' }).click()
  await page.getByText('You look at an unpublished branch').waitFor()
  await page.getByRole('button', { name: /^Run/ }).click()
  await page.getByText(/^1 row, /).waitFor()
})

story('a statement that nobody wrote does not change the address', async ({ visit, page }) => {
  await page.clock.install()
  await visit.open(`/sql?branch=${shop.wrecked}`)
  await page.getByLabel('SQL', { exact: true }).getByText('information_schema').first().waitFor()
  await page.clock.runFor('00:05')
  expect(new URL(page.url()).hash).toBe('')
})

story('each environment has its own tables', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  const more = 'CREATE TABLE marts.only_in_dev AS SELECT 1 AS one;'
  await polder.deploy({ ...FILES, 'marts.sql': more }, 'dev')
  await polder.run('shop/load', { environment: 'dev', logical_date: '2026-02-04' })
  await visit.open('/lake?environment=dev')
  await table(page, 'Tables').getByRole('link', { name: 'marts.only_in_dev' }).waitFor()
  await page.getByRole('button', { name: /^Environment/ }).click()
  await page.getByRole('menuitemradio', { name: /^prod/ }).click()
  await expect.poll(() => table(page, 'Tables').getByRole('link', { name: 'marts.only_in_dev' }).count()).toBe(0)
})

story('of many columns one sees the first, and those that are looked for', async ({ visit, page, server }) => {
  const polder = new Polder(server)
  const names = Array.from({ length: 210 }, (_, at) => `${at} AS a_rather_long_name_of_column_${at}`)
  await polder.deploy({
    ...FILES,
    'marts.sql': `CREATE TABLE marts.wide_table_of_many_columns AS SELECT ${names.join(', ')};`,
  })
  await polder.run('shop/load', { logical_date: '2026-02-05' })
  await visit.open('/lake/tables/marts.wide_table_of_many_columns')
  const rows = table(page, 'Columns').getByRole('row')
  await expect.poll(() => rows.count()).toBe(13)
  expect(await lookAt(visit, 'table-folded', 'wide')).toEqual([])
  await page.getByRole('searchbox', { name: 'Search columns' }).fill('column_17')
  await expect.poll(() => rows.count()).toBe(12)
  await page.getByRole('searchbox', { name: 'Search columns' }).fill('')
  await page.getByRole('button', { name: 'Show all 210 columns' }).click()
  await expect.poll(() => rows.count()).toBe(211)
  await page.getByRole('heading', { name: 'Some rows, the first 200 of 210 columns' }).waitFor()
})

story('a name is broken where its words end', async ({ visit, page }) => {
  await page.setViewportSize({ width: 390, height: 800 })
  for (const path of ['/lake', '/lake/publishes', '/lake/tables/marts.wide_table_of_many_columns']) {
    await visit.open(path)
    await visit.settled()
    await visit.photograph(`names${path.replaceAll(/[^\w]+/g, '-')}`, true)
    const name = page.getByText('wide_table_of_many_columns').first()
    expect(await name.evaluate(linesOf), path).not.toContainEqual(expect.stringMatching(/[a-z]$/))
  }
})

/** Runs in the page: the lines that a name takes, but for the last. */
function linesOf(element: Element): string[] {
  const lines = new Map<number, string>()
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.textContent ?? ''
    for (let at = 0; at < text.length; at++) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + 1)
      const top = Math.round(range.getBoundingClientRect().top)
      lines.set(top, (lines.get(top) ?? '') + text[at])
    }
  }
  return [...lines.values()].slice(0, -1)
}

story('Ctrl-K finds tables', async ({ visit, page }) => {
  await visit.open('/')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find anything' }).fill('orders')
  await page.getByRole('dialog').getByText('raw.orders').click()
  await page.waitForURL('**/lake/tables/raw.orders')
})

story('an environment that nobody has declared is a mistake, not what prod has', async ({ visit, page }) => {
  visit.troubles.allow(/status of 404/)
  for (const path of ['/lake', '/lake/publishes', '/lake/tables/raw.orders']) {
    await visit.open(`${path}?environment=pord`)
    await page.getByRole('main').getByText('There is no environment “pord”').waitFor()
    await page.getByText('did you mean “prod”?').waitFor()
  }
  expect(await lookAt(visit, 'no-such-environment', 'wide')).toEqual([])
})
