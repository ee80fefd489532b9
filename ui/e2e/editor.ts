/** The editor of statements, and what it shows. */
import type { Page } from 'playwright-core'

export const editor = (page: Page) => page.getByRole('textbox', { name: 'SQL' })
export const grid = (page: Page) => page.getByRole('grid', { name: 'Rows' })
export const cell = (page: Page, row: number, column: number) =>
  grid(page).locator(`[data-row="${row}"] [data-column="${column}"]`)

/** As somebody does who writes over what is there. */
export async function write(page: Page, sql: string) {
  await editor(page).press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(sql)
  await page.keyboard.press('Escape')
}

export async function askFor(page: Page, sql: string) {
  await write(page, sql)
  await page.keyboard.press('Control+Enter')
}

export const linkTo = (sql: string) => `/sql#${encodeURIComponent(sql)}`
