import '@mantine/core/styles.css'
import './global.css'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { styleNonce } from './styleNonce'

// Dialogs keep the page behind them from scrolling by a style of their own, which asks this package for its number.
setNonce(styleNonce())

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
