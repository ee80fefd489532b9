import { Anchor, type AnchorProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

export const revisionPath = (id: string) => `/deployments/${id}`

export function RevisionLink({ id, children, ...props }: { id: string; children: ReactNode } & AnchorProps) {
  return (
    <Anchor component={Link} to={revisionPath(id)} {...props}>
      {children}
    </Anchor>
  )
}
