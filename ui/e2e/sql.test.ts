/** Asking the lake: writing, answers, mistakes, charts, files and links. */
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { lookAt, WIDTHS } from './axe'
import { Polder } from './client'
import { askFor, cell, editor, grid, linkTo, write } from './editor'
import { FILES, HOSTILE, LONG, openShop } from './shop'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn('--slots', '4')

story('there is something to ask about', async ({ server }) => {
  await openShop(new Polder(server))
})

story('Ctrl-Enter asks, and values look like what they are', async ({ visit, page }) => {
  await visit.open('/sql')
  await askFor(page, 'SELECT * FROM raw.orders ORDER BY id')
  await page.getByText('3 rows, 7 columns').waitFor()
  expect(await cell(page, 0, 2).innerText()).toBe('10.50')
  expect(await cell(page, 2, 0).innerText()).toBe('9007199254740993')
  const aligned = (column: number) => cell(page, 0, column).evaluate((one) => getComputedStyle(one).textAlign)
  expect([await aligned(0), await aligned(1), await aligned(2)]).toEqual(['right', 'start', 'right'])
  expect([await cell(page, 0, 6).innerText(), await cell(page, 1, 6).innerText()]).toEqual(['', 'null'])
  await cell(page, 1, 1).getByText(HOSTILE).waitFor()
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
})

story('a long value is there in full, and is copied', async ({ visit, page }) => {
  // The clipboard is not let be read.
  await page.addInitScript(() => {
    const kept = window as unknown as { copied?: string }
    navigator.clipboard.writeText = async (text) => {
      kept.copied = text
    }
  })
  await visit.open(linkTo('SELECT id, paid, remark FROM raw.orders ORDER BY id'))
  await page.getByRole('button', { name: /^Run/ }).click()
  await cell(page, 2, 2).click()
  await page.getByLabel('What is pointed at').getByText(LONG).waitFor()
  const copied = () => page.evaluate(() => (window as unknown as { copied?: string }).copied)
  await grid(page).press('Control+c')
  await expect.poll(copied).toBe(LONG)
  for (const key of ['ArrowUp', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await grid(page).press(key)
  await grid(page).press('Control+c')
  await expect.poll(copied).toBe('2\tfalse\t')
})

story('tables and columns are completed', async ({ visit, page }) => {
  await visit.open('/sql')
  await visit.settled()
  await editor(page).pressSequentially('SELECT * FROM raw.')
  const proposed = page.getByRole('listbox', { name: 'Completions' })
  await proposed.getByRole('option', { name: 'orders' }).waitFor()
  await page.keyboard.press('Escape')
  await write(page, '')
  await editor(page).pressSequentially('SELECT count(*) FROM polder.')
  await proposed.getByRole('option', { name: 'runs' }).waitFor()
  await page.keyboard.press('Escape')
  await write(page, '')
  await editor(page).pressSequentially('SELECT o.pl FROM raw.orders o')
  for (let back = 0; back < ' FROM raw.orders o'.length; back++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('a')
  await proposed.getByRole('option', { name: 'placed_at' }).waitFor()
  // What is proposed may not be taken in the moment that it appears.
  await page.waitForTimeout(100)
  await page.keyboard.press('Tab')
  expect(await editor(page).innerText()).toContain('SELECT o.placed_at FROM')
})

story('columns of the tables that are read come first, and tables by their own name', async ({ visit, page }) => {
  await visit.open('/sql')
  await visit.settled()
  const proposed = page.getByRole('listbox', { name: 'Completions' })
  await editor(page).pressSequentially('SELECT  FROM raw.orders')
  for (let back = 0; back < ' FROM raw.orders'.length; back++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('pl')
  await expect.poll(() => proposed.getByRole('option').first().innerText()).toContain('placed_at')
  await page.waitForTimeout(100)
  await page.keyboard.press('Tab')
  expect(await editor(page).innerText()).toBe('SELECT placed_at FROM raw.orders')
  await write(page, '')
  await editor(page).pressSequentially('SELECT * FROM da')
  await expect.poll(() => proposed.getByRole('option').first().innerText()).toContain('days')
  await visit.photograph('sql-proposed')
  await page.waitForTimeout(100)
  await page.keyboard.press('Tab')
  expect(await editor(page).innerText()).toBe('SELECT * FROM marts.days')
})

story('what is typed over something else breaks no policy', async ({ visit, page }) => {
  await visit.open(linkTo('SELECT id FROM raw.orders'))
  await visit.settled()
  await editor(page).press('Control+a')
  await page.keyboard.type('SELECT 1 AS one')
  await page.keyboard.press('Escape')
  expect(await editor(page).innerText()).toBe('SELECT 1 AS one')
  await editor(page).press('Control+a')
  await page.keyboard.type('(')
  expect(await editor(page).innerText()).toBe('(SELECT 1 AS one)')
  expect(visit.troubles.found).toEqual([])
})

story('what was written is there when one comes back', async ({ visit, page }) => {
  await visit.open('/sql')
  await askFor(page, 'SELECT 7 AS seven')
  await page.getByRole('gridcell', { name: '7' }).waitFor()
  await page.getByRole('navigation').getByRole('link', { name: 'Lake' }).click()
  await page.waitForURL('**/lake')
  await page.getByRole('navigation').getByRole('link', { name: 'SQL' }).click()
  await expect.poll(() => editor(page).innerText()).toBe('SELECT 7 AS seven')
  await page.waitForURL(linkTo('SELECT 7 AS seven'))
  await page.getByRole('navigation').getByRole('link', { name: 'SQL' }).click()
  await expect.poll(() => editor(page).innerText()).toBe('SELECT 7 AS seven')
})

story('what is not there cannot be run, and lines and long messages keep to their place', async ({ visit, page }) => {
  visit.troubles.allow(/status of 422/)
  await visit.open('/sql')
  const long = 'x'.repeat(3_000)
  await askFor(page, `SELECT ${long} FROM raw.orders`)
  const alert = page.getByRole('alert')
  await alert.getByText(/xxxx/).waitFor()
  expect(await alert.evaluate((box) => [box.scrollWidth <= box.clientWidth, box.clientHeight < 400])).toEqual([
    true,
    true,
  ])
  expect(await lookAt(visit, 'sql-long-mistake', 'wide')).toEqual([])
  await askFor(page, '')
  await page.getByText('There is nothing to run').waitFor()
  expect(await alert.count()).toBe(0)
  await askFor(page, "SELECT 'two' || chr(10) || 'lines' AS said")
  await page.getByRole('gridcell', { name: 'two⏎lines' }).waitFor()
})

story('what is asked before it is known who asks waits for that', async ({ visit, page }) => {
  let tell = () => {}
  const told = new Promise<void>((settle) => {
    tell = settle
  })
  await page.route('**/api/v1/session', async (route) => {
    await told
    await route.continue()
  })
  await visit.open('/sql')
  await askFor(page, 'SELECT 7 AS seven')
  await page.getByRole('button', { name: /^(Stop|Cancel)/ }).waitFor()
  tell()
  await page.getByRole('gridcell', { name: '7' }).waitFor()
})

story('a mistake is shown at its line, in the words of the server', async ({ visit, page }) => {
  visit.troubles.allow(/status of 422/)
  await visit.open('/sql')
  await askFor(page, 'SELECT id\nFROM raw.orderz')
  await page.getByRole('alert').getByText('There is no table “raw.orderz”; did you mean “raw.orders”?').waitFor()
  await page.getByText('Line 2:').waitFor()
  expect(await page.locator('.cm-wrong').innerText()).toBe('orderz')
  expect(await page.locator('.cm-wrongLine').innerText()).toBe('FROM raw.orderz')
  await visit.photograph('sql-mistake')
  await page.keyboard.press('End')
  await page.keyboard.type(' ')
  expect(await page.locator('.cm-wrong').count()).toBe(0)
})

const SLOW =
  'SELECT count(*) FROM generate_series(1, 100000000) a(x), generate_series(1, 100000) b(y) WHERE x % 7 = y % 11'

story('a query that takes long says for how long, and can be called off', async ({ visit, page }) => {
  await visit.open('/sql')
  await askFor(page, SLOW)
  await page.getByText(/Running for 1 s/).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText(/Cancelled after/).waitFor()
  await askFor(page, 'SELECT 42 AS answer')
  await page.getByRole('gridcell', { name: '42' }).waitFor()
})

story('what was asked is in the address, and going back brings back what was asked before', async ({ visit, page }) => {
  await visit.open('/sql')
  await askFor(page, 'SELECT 1 AS first')
  await page.getByRole('gridcell', { name: '1', exact: true }).waitFor()
  await askFor(page, 'SELECT 2 AS second')
  await page.getByText('second').last().waitFor()
  await page.waitForURL(linkTo('SELECT 2 AS second'))
  await page.goBack()
  await expect.poll(() => editor(page).innerText()).toBe('SELECT 1 AS first')
  await page.reload()
  await expect.poll(() => editor(page).innerText()).toBe('SELECT 1 AS first')
  expect(await grid(page).count(), 'a link asks nothing by itself').toBe(0)
})

story('what is chosen does not lose what is written', async ({ visit, page, server }) => {
  await new Polder(server).deploy(FILES, 'dev')
  await visit.open(linkTo('SELECT day, orders FROM marts.days'))
  await page.getByLabel('Rows to show').selectOption('1000')
  await page.getByRole('button', { name: /^Environment/ }).click()
  await page.getByRole('menuitemradio', { name: /^dev/ }).click()
  await page.waitForURL(/environment=dev/)
  expect(await editor(page).innerText()).toBe('SELECT day, orders FROM marts.days')
})

story('more rows than are shown come as a file', async ({ visit, page }) => {
  await visit.open(linkTo('SELECT value, value * 2 AS double FROM generate_series(1, 25000) ORDER BY value'))
  await page.getByRole('button', { name: /^Run/ }).click()
  await page.getByText('The first 10,000 rows; there are more.').waitFor()
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download all rows as CSV' }).click()
  const file = await coming
  expect(file.suggestedFilename()).toBe('query.csv')
  const path = join(await mkdtemp(join(tmpdir(), 'polder-e2e-')), 'query.csv')
  await file.saveAs(path)
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  expect([lines.length, lines[0], lines[25_000]]).toEqual([25_001, 'value,double', '25000,50000'])
})

story.for(['rows', 'chart'])('an answer as %s, in each look', async (view, { visit, page }) => {
  const sql = 'SELECT * FROM raw.orders ORDER BY id'
  const wrong: string[] = []
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    await page.goto('/about')
    await visit.open(`/sql?view=${view}#${encodeURIComponent(sql)}`)
    await page.getByRole('button', { name: /^Run/ }).click()
    await page.getByText('3 rows, 7 columns').waitFor()
    if (view === 'chart') await page.getByRole('img', { name: /by day/ }).waitFor()
    else await cell(page, 1, 1).click()
    wrong.push(...(await lookAt(visit, `sql-${view}`, width as keyof typeof WIDTHS)))
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (beyond > 0) wrong.push(`${width}: scrolls ${beyond} pixels to the side`)
  }
  expect(wrong).toEqual([])
})

story('a chart draws what is chosen', async ({ visit, page }) => {
  await visit.open(`/sql?view=chart#${encodeURIComponent('SELECT day, orders, amount FROM marts.days ORDER BY day')}`)
  await page.getByRole('button', { name: /^Run/ }).click()
  const chart = (name: string) => page.getByRole('img', { name })
  await chart('orders by day').locator('circle').nth(2).waitFor()
  await page.getByLabel('Up').selectOption('amount')
  await page.getByText('Bars').click()
  await chart('amount by day').locator('rect').nth(2).waitFor()
  await page.waitForURL(/y=amount/)
})
