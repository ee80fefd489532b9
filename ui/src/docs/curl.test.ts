import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { curlOf } from './curl'
import { type Document, grouped, operationsOf } from './model'

const document = JSON.parse(readFileSync('../docs/openapi.json', 'utf8')) as Document
const operations = new Map(operationsOf(document).map((one) => [one.id, one]))
const curl = (id: string) => {
  const operation = operations.get(id)
  return operation ? curlOf(document, operation, 'http://polder') : undefined
}

describe('operations of the document', () => {
  it('are found by words, under their tags', () => {
    expect(grouped(document).flatMap((group) => group.operations)).toHaveLength(operations.size)
    expect(grouped(document, 'secret SET').map(({ tag }) => tag)).toContain('secrets')
    expect(grouped(document, 'no such thing')).toEqual([])
  })

  it('all have a request, with no token in it but from a file where one is needed', () => {
    for (const [id, { open }] of operations) expect(curl(id)?.includes('cat token.txt'), id).toBe(!open)
  })
})

describe('curl', () => {
  it('puts names in the places of parameters', () => {
    expect(curl('get_pipeline')).toBe(
      `curl 'http://polder/api/v1/pipelines/TEAM/NAME' \\\n  -H "Authorization: Bearer $(cat token.txt)"`,
    )
    expect(curl('health')).toBe("curl 'http://polder/api/v1/health'")
  })

  it('sends what is required', () => {
    expect(curl('set_secret')).toContain(`-X PUT 'http://polder/api/v1/secrets/TEAM/ENVIRONMENT/NAME'`)
    expect(curl('set_secret')).toContain(`-d '{\n  "value": "VALUE"\n}'`)
    expect(curl('upload_blob')).toContain('--data-binary @FILE')
  })

  it('quotes what a shell would take apart', () => {
    const quote = { ...operations.get('health'), path: "/it's" } as never
    expect(curlOf(document, quote, '')).toBe(`curl '/it'\\''s'`)
  })
})
