// How Menshen's API is called. Every call goes to this server, with the session's cookie, and in the language of the page, so
// that what the server says of an error can be shown as it is. The clients are beside this file, by the .proto that they are of,
// so that a page brings only what it calls.
import type { Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';

import type { Language } from '../language';

let language: Language = 'zh-CN';

/** Sets the language that the server's errors are in: a BCP 47 tag. */
export function setAnswerLanguage(tag: Language) {
  language = tag;
}

/** The language that was set. */
export function answerLanguage(): Language {
  return language;
}

const inLanguage: Interceptor = (next) => (request) => {
  request.header.set('Accept-Language', language);
  return next(request);
};

// Pages ask by themselves; where nobody is before one, that must not keep a session.
const untouched = 5 * 60_000;
let touched = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) addEventListener(kind, () => (touched = Date.now()), { capture: true, passive: true });

const byNobody: Interceptor = (next) => (request) => {
  if (Date.now() - touched > untouched) request.header.set('Menshen-Unused', 'yes');
  return next(request);
};

const interceptors = [inLanguage, byNobody];

export const transport = createConnectTransport({ baseUrl: location.origin, interceptors });

/** For what is mostly bytes, such as pictures. */
export const bytesTransport = createConnectTransport({ baseUrl: location.origin, useBinaryFormat: true, interceptors });
