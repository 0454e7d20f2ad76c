// The codes of set-up and invitation come in the address; they leave it when they were used, so that no history keeps them.

export const invitationPath = '/account/invitation';

export function codeOfAddress(): string {
  return new URLSearchParams(location.search).get('code') ?? '';
}

export function forgetCode() {
  history.replaceState(null, '', '/');
}
