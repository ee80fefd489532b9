import { Fragment } from 'react'
import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'
import { usesLake } from '~/lake/kinds'
import { Tables } from '~/lake/Tables'
import { publishedBy, unpublished } from './published'

/** Of a run that did not succeed: which steps have published nothing, and which tables the others did. */
export function StillPublished({ run }: { run: Run }) {
  const wanted = run.terminal && run.steps.some(usesLake)
  const query = { environment: run.environment, run: run.id, limit: 500 }
  const publishes = useGet('/api/v1/lake/publishes', { params: { query }, enabled: wanted })
  if (!wanted || !publishes.data) return null
  const done = publishedBy(publishes.data.items)
  return (
    <>
      {unpublished(run.steps.filter(usesLake), done).map((step) => `Step ${step} published nothing. `)}
      {[...done].map(([step, tables]) => (
        <Fragment key={step}>
          Step {step} had published <Tables names={tables} />, which stays as it is.{' '}
        </Fragment>
      ))}
    </>
  )
}
