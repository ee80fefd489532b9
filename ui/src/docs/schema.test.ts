import { describe, expect, it } from 'vitest'
import { exampleOf } from './example'
import type { Document, Schema } from './model'
import { namesAlong, partsOf, resolve, typeInWords, valuesOf } from './schema'

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const document: Document = {
  info: { title: 'Test', version: '1' },
  paths: {},
  components: {
    schemas: {
      Role: { type: 'string', enum: ['viewer', 'admin'] },
      Tree: {
        type: 'object',
        description: 'A tree.',
        required: ['name', 'parts'],
        properties: {
          note: { type: ['string', 'null'] },
          name: { type: 'string' },
          parts: { type: 'array', items: ref('Tree') },
        },
      },
      Loop: ref('Loop'),
      Lists: { type: 'array', items: ref('Lists') },
      Both: { allOf: [ref('Tree'), { type: 'object', required: ['role'], properties: { role: ref('Role') } }] },
      Way: {
        oneOf: [
          { type: 'object', required: ['kind'], properties: { kind: { type: 'string', enum: ['by-hand'] } } },
          { type: 'string' },
        ],
      },
    },
  },
}
const maybeTree: Schema = { oneOf: [{ ...ref('Tree'), description: 'Its own words.' }, { type: 'null' }] }

describe('schemas', () => {
  it('follow references, and end where one goes in a circle', () => {
    expect(resolve(document, { ...ref('Tree'), description: 'Beside.' })).toMatchObject({
      type: 'object',
      description: 'Beside.',
    })
    expect(partsOf(document, resolve(document, ref('Loop')))).toEqual([])
    expect(partsOf(document, ref('Lists'))).toEqual([])
    expect(valuesOf(document, ref('Lists'))).toEqual([])
    expect(resolve(document, ref('Missing'))).toEqual({})
  })

  it('are said in words', () => {
    expect(typeInWords(document, maybeTree)).toBe('Tree or null')
    expect(typeInWords(document, { type: 'array', items: ref('Role') })).toBe('list of Role')
    expect(typeInWords(document, { type: ['string', 'null'], format: 'date' })).toBe('text (date) or null')
    expect(typeInWords(document, { type: 'object', additionalProperties: { type: 'string' } })).toBe(
      'object of text to text',
    )
    expect(typeInWords(document, {})).toBe('anything')
  })

  it('have parts: what is required first, those of all of several, the variants of one of several', () => {
    expect(partsOf(document, maybeTree).map(({ name, required }) => [name, required])).toEqual([
      ['name', true],
      ['parts', true],
      ['note', false],
    ])
    expect(partsOf(document, ref('Both')).map(({ name }) => name)).toEqual(['name', 'parts', 'note', 'role'])
    expect(partsOf(document, ref('Way')).map(({ name }) => name)).toEqual(['kind: by-hand', '2.'])
    expect(partsOf(document, { type: 'object', additionalProperties: { type: 'string' } })).toEqual([])
    expect(partsOf(document, { type: 'object', additionalProperties: ref('Tree') })).toHaveLength(1)
  })

  it('know their values, and the names on the way into them', () => {
    expect(valuesOf(document, { type: 'array', items: ref('Role') })).toEqual(['viewer', 'admin'])
    expect(namesAlong({ type: 'array', items: ref('Tree') })).toEqual(['Tree'])
  })

  it('give examples that end', () => {
    expect(exampleOf(document, ref('Both'))).toEqual({ name: 'NAME', parts: [null], role: 'viewer' })
    expect(exampleOf(document, maybeTree, { all: true })).toEqual({ name: 'NAME', parts: [null], note: 'NOTE' })
    expect(exampleOf(document, ref('Way'))).toEqual({ kind: 'by-hand' })
    expect(exampleOf(document, { type: 'integer', default: 50 })).toBe(50)
  })
})
