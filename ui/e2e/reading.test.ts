/** A log is searched with the keyboard, and taken home. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Download, Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

/** Of 400 lines, these have the word in them. */
const FOUND = [40, 200, 360]
const lineAt = (line: number) =>
  FOUND.includes(line) ? `here is a pearl, in line ${line}` : `only mud in line ${line}`
const LINES = Array.from({ length: 400 }, (_, at) => lineAt(at + 1))
const FILES = {
  'polder.yaml': 'project: divers\nteam: divers\n',
  'pipelines/dive.yaml': `name: dive\nsteps: [{name: look, run: "cat lines.txt; printf 'é \\\\033[31mred\\\\033[0m' >&2; exit 1"}]\n`,
  'lines.txt': `${LINES.join('\n')}\n`,
}

const pointedTo = (page: Page) => Number(new URL(page.url()).searchParams.get('line'))

story('Enter goes to the next match, Shift and Enter to the one before', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  const run = await polder.run('divers/dive', { logical_date: '2026-02-03' })
  await visit.open(`/runs/${run.id}?step=look&line=100`)
  const search = page.getByRole('searchbox', { name: 'Search this log' })
  await search.fill('PEARL')
  await search.press('Enter')
  await expect.poll(() => pointedTo(page)).toBe(200)
  await page.getByText(lineAt(200)).waitFor()
  await page.getByText('2 of 3', { exact: true }).waitFor()
  await search.press('Enter')
  await expect.poll(() => pointedTo(page)).toBe(360)
  await page.getByText(lineAt(360)).waitFor()
  await search.press('Enter')
  await expect.poll(() => pointedTo(page), { message: 'after the last comes the first' }).toBe(40)
  await search.press('Shift+Enter')
  await expect.poll(() => pointedTo(page), { message: 'before the first comes the last' }).toBe(360)
  await search.press('Shift+Enter')
  await expect.poll(() => pointedTo(page)).toBe(200)
  await page.getByText(lineAt(200)).waitFor()
})

story('a log is downloaded as it was printed', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  const run = await polder.run('divers/dive', { logical_date: '2026-02-04' })
  await visit.open(`/runs/${run.id}?step=look`)
  const begun = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const download = await begun
  expect(download.suggestedFilename()).toBe('dive-2026-02-04-look-1.log')
  const lines = (await textOf(download)).trimEnd().split('\n')
  expect(lines.filter((line) => LINES.includes(line))).toEqual(LINES)
  expect(lines.filter((line) => !LINES.includes(line))).toEqual(['é \u001b[31mred\u001b[0m'])
})

async function textOf(download: Download): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polder-download-'))
  await download.saveAs(join(folder, 'log'))
  const text = await readFile(join(folder, 'log'), 'utf8')
  await rm(folder, { recursive: true })
  return text
}
