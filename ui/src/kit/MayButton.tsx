import { Button, type ButtonProps } from '@mantine/core'
import type { MouseEvent, ReactNode } from 'react'
import { Hint } from './Hint'

type Props = ButtonProps & {
  may: boolean
  /** Who may, such as `an operator of weather`. */
  who: string
  onClick: () => void
  'aria-label'?: string
  children: ReactNode
}

/** A button that says who may press it to everybody who may not. It stays in reach of the keyboard, so that it can say so. */
export function MayButton({ may, who, onClick, children, ...props }: Props) {
  const click = (event: MouseEvent) => {
    if (may) onClick()
    else event.preventDefault()
  }
  const button = (
    <Button {...props} onClick={click} {...(may ? {} : { 'data-disabled': true, 'aria-disabled': true })}>
      {children}
    </Button>
  )
  return may ? button : <Hint label={`Only ${who} may do this.`}>{button}</Hint>
}
