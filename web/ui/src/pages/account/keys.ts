// Security keys and passkeys, as the browser has them. The server gives the options and takes the answers as JSON.

/** Whether this browser can use keys at this address. */
export function keysWork(): boolean {
  return 'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** What the server's options are about, with or without the wrapping publicKey. */
function inner(optionsJson: string): unknown {
  const options: unknown = JSON.parse(optionsJson);
  return typeof options === 'object' && options !== null && 'publicKey' in options ? options.publicKey : options;
}

function answer(credential: Credential | null): string {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('no key', 'NotAllowedError');
  return JSON.stringify(credential.toJSON());
}

/** Makes a credential on a key; gives the answer for the server. */
export async function makeKey(optionsJson: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(inner(optionsJson) as PublicKeyCredentialCreationOptionsJSON);
  return answer(await navigator.credentials.create({ publicKey }));
}

/** Answers with a key that was added before. */
export async function askKey(optionsJson: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(inner(optionsJson) as PublicKeyCredentialRequestOptionsJSON);
  return answer(await navigator.credentials.get({ publicKey }));
}

/** Whether somebody cancelled, or no key answered in time. */
export function cancelled(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}
