import type { AnchorProps } from '@mantine/core'
import { To } from './Links'

/** Leads to what a code means. From a dialog it does so in a window of its own, so that what was typed is not lost. */
export function ErrorMeaning({ code, apart, ...props }: { code: string; apart?: boolean } & AnchorProps) {
  return (
    <To to={`/api-docs?error=${code}`} underline="always" {...(apart ? { target: '_blank' } : {})} {...props}>
      What {code} means
    </To>
  )
}
