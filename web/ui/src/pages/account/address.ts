// The codes of set-up and invitation come in the address; they leave it when they were used, so that no history keeps them.

export const invitationPath = '/account/invitation';

export function codeOfAddress(): string {
  return new URLSearchParams(location.search).get('code') ?? '';
}

export function forgetCode() {
  history.replaceState(null, '', '/');
}

const problems = ['cancelled', 'expired', 'unknown', 'refused', 'provider'] as const;

/** What went wrong with the site's provider of sign-ins, as the server says it in the address. */
export function outsideProblem(): (typeof problems)[number] | undefined {
  const said = new URLSearchParams(location.search).get('oidc');
  return problems.find((problem) => problem === said);
}
