// Style sheets are allowed by a nonce alone. Ant Design passes it on, but not everywhere (a dialog that stops the page behind
// it from scrolling does not), so every style element that is made here has it.

/** The nonce of this document; undefined where the server gave none. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content || undefined;

if (nonce) {
  const create = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}
