/**
 * What is written, which stands in the address. What was asked stays in the browser's history, so that going back gives what was
 * asked before: the first change after asking is a step of its own, and those after it are part of it. What was written last comes back
 * where none stands in the address; a branch has its own beginning, and leaves that alone.
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate, useNavigationType } from 'react-router'
import { keep, kept } from './kept'
import { hashOf, sqlOf } from './link'

/** Browsers let an address be changed a hundred times in half a minute. */
const SETTLES = 400

export type Text = { text: string; write: (text: string) => void; asked: (text: string) => void }

/** Marks steps that were made from here. */
const OWN = { written: true }

export function useText(byDefault: string, keeps: boolean): Text {
  const location = useLocation()
  const { hash } = location
  const goesBack = useNavigationType() === 'POP'
  const navigate = useNavigate()
  const [text, setText] = useState(() => sqlOf(hash) || byDefault || (keeps ? kept() : ''))
  const wasAsked = useRef(hash !== '')
  const written = useRef(hash)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const put = useCallback(
    (text: string) => {
      clearTimeout(timer.current)
      const to = hashOf(text)
      if (to === written.current) return
      written.current = to
      const how = { replace: !wasAsked.current, preventScrollReset: true, state: OWN }
      navigate({ search: window.location.search, hash: to }, how)
      wasAsked.current = false
    },
    [navigate],
  )
  /** What came back can be linked, as what is written can. */
  const putBack = useCallback(
    (text: string) => {
      wasAsked.current = false
      put(text)
    },
    [put],
  )
  const first = useRef(hash === '' && !byDefault ? text : '')
  useEffect(() => {
    if (first.current) putBack(first.current)
    first.current = ''
  }, [putBack])
  const write = useCallback(
    (text: string) => {
      setText(text)
      if (keeps) keep(text)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => put(text), SETTLES)
    },
    [put, keeps],
  )
  useEffect(() => {
    // Only if somebody went elsewhere: what was put there from here may lag behind what is written.
    const isOwn = !goesBack && location.state?.written === true
    if (isOwn || location.hash === written.current) return
    clearTimeout(timer.current)
    written.current = location.hash
    wasAsked.current = true
    const back = location.hash === '' && keeps && !goesBack ? kept() : ''
    setText(back || sqlOf(location.hash))
    if (back) putBack(back)
  }, [location, goesBack, keeps, putBack])
  useEffect(() => () => clearTimeout(timer.current), [])
  const asked = useCallback(
    (text: string) => {
      put(text)
      if (keeps) keep(text)
      wasAsked.current = true
    },
    [put, keeps],
  )
  return { text, write, asked }
}
