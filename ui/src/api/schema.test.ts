// @vitest-environment node
import { readFileSync } from 'node:fs'
import openapi, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { expect, it } from 'vitest'

it('is what the OpenAPI document says; if not, run `npm run api:types`', async () => {
  const document = new URL('../../../docs/openapi.json', import.meta.url)
  const ast = await openapi(document, { rootTypes: true, rootTypesNoSchemaPrefix: true })
  const kept = readFileSync(new URL('./schema.ts', import.meta.url), 'utf8')
  expect(kept === COMMENT_HEADER + astToString(ast)).toBe(true)
}, 30_000)
