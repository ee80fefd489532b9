import { type ComponentType, cloneElement, type ReactElement, type Ref, useState } from 'react'
import { useLoaded } from './useLoaded'

type Handlers = { [name in 'onPointerEnter' | 'onFocus' | 'onClick']?: () => void } & {
  'aria-haspopup'?: 'menu'
  ref?: Ref<HTMLButtonElement>
}
export type MenuProps = { button: ReactElement<Handlers> }

type Props = {
  button: ReactElement<Handlers>
  /** Gets the menu, which shows the same button; it opens when it is first shown. The same function each time. */
  load: () => Promise<ComponentType<MenuProps>>
}

/** A button whose menu is on its way as soon as somebody goes for it. */
export function LaterMenu({ button, load }: Props) {
  const [near, setNear] = useState(false)
  const [pressed, setPressed] = useState(false)
  const Menu = useLoaded(load, near || pressed)
  if (pressed && Menu) return <Menu button={button} />
  const approach = () => setNear(true)
  const press = () => setPressed(true)
  return cloneElement(button, { onPointerEnter: approach, onFocus: approach, onClick: press, 'aria-haspopup': 'menu' })
}
