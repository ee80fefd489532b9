import { Code, Text } from '@mantine/core'
import { sourceOf } from './source'

/** The commit and branch, short enough for a line. */
export function SourceText({ source }: { source: Record<string, string> }) {
  const { commit, branch, dirty, others } = sourceOf(source)
  if (!commit && !branch && others.length === 0) return <>–</>
  return (
    <Text span inherit style={{ overflowWrap: 'break-word' }}>
      {commit && (
        <Code title={commit} style={{ whiteSpace: 'nowrap' }}>
          {commit.slice(0, 9)}
        </Code>
      )}
      {branch && <> on {branch}</>}
      {dirty && <>, uncommitted changes</>}
      {others.map(([key, value]) => (
        <span key={key}>
          {' '}
          {key}={value}
        </span>
      ))}
    </Text>
  )
}
