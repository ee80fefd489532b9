import { Text } from '@mantine/core'
import type { MissingSecret, PipelineView } from '~/api/schema'
import { To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'
import { askedBy, settingPath } from '~/secrets/names'
import { useMissing } from '~/secrets/useMissing'

/** What the pipeline asks for and will not get: said before its next run finds out. */
export function MissingSecrets({ pipeline }: { pipeline: PipelineView }) {
  const { team, name, environment } = pipeline
  const missing = askedBy(`${team}/${name}`, useMissing({ team, environment }))
  if (missing.length === 0) return null
  const one = missing.length === 1
  return (
    <Notice
      kind="warning"
      title={one ? 'A secret that it asks for is not set' : 'Secrets that it asks for are not set'}
    >
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        Steps that ask for {one ? 'it' : 'them'} will fail before their command is started. Set{' '}
        {missing.map((secret, place) => (
          <Named
            key={secret.name}
            secret={secret}
            before={place === 0 ? '' : place === missing.length - 1 ? ' and ' : ', '}
          />
        ))}{' '}
        in {environment}.
      </Text>
    </Notice>
  )
}

function Named({ secret, before }: { secret: MissingSecret; before: string }) {
  return (
    <>
      {before}
      <To to={settingPath(secret)} inherit underline="always">
        {secret.team}/{secret.name}
      </To>
    </>
  )
}
