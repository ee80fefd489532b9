/** The number that the server lets styles through with; see its content security policy. */
export const styleNonce = () => document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''
