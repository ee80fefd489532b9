import './mantine.css'
import './global.css'
import { setNonce } from 'get-nonce'
import { startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { styleNonce } from './styleNonce'

// Dialogs keep the page behind them from scrolling by a style of their own, which asks this package for its number.
setNonce(styleNonce())

const root = document.getElementById('root')
// In small parts, between which the browser can do something else.
if (root) startTransition(() => createRoot(root).render(<App />))
