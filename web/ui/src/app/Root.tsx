import { useQueryClient } from '@tanstack/react-query';
import { Spin } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';

import { SignInStep, type GetSessionResponse } from '../api/menshen/v1/account_pb';
import { firstLanguage, loadAllTexts } from '../language';
import { SignIn } from '../pages/account/SignIn';
import { Problem } from '../parts/Problem';
import { SessionProvider, sessionKey, useSessionState } from './session';

const SignInAgain = lazy(() => import('../pages/account/SignInAgain'));

// The way in brings nothing of what is behind it.
const SignedIn = lazy(async () => {
  // The way back in too: when it is needed, a newer Menshen may have other files.
  const [pages] = await Promise.all([import('./SignedIn'), loadAllTexts(firstLanguage()), import('../pages/account/SignInAgain')]);
  return pages;
});

/** The pages for whoever is signed in, else the way in. */
export function Root() {
  const session = useSessionState();
  const state = session.data;
  // Whoever was signed in keeps the page, with what was entered there; the way in comes on top of it.
  const [last, setLast] = useState<GetSessionResponse>();
  useEffect(() => {
    if (state?.step === SignInStep.DONE) setLast(state);
  }, [state]);

  // What an account saw is not for the next one at this screen: data and open pages go before the pages of another are shown.
  const client = useQueryClient();
  const account = state?.step === SignInStep.DONE ? state.account?.id : last?.account?.id;
  const [owner, setOwner] = useState(account);
  useEffect(() => {
    if (owner === account) return;
    if (owner) client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
    setOwner(account);
  }, [account, client, owner]);

  const waiting = <Spin fullscreen delay={300} />;
  if (!state) return session.error ? <Unreachable error={session.error} onRetry={() => void session.refetch()} /> : waiting;
  if (owner !== account) return waiting;
  const signedIn = state.step === SignInStep.DONE;
  const kept = signedIn ? state : last;
  if (!kept?.account) {
    return <SignIn state={state} />;
  }
  const again = (
    <Suspense fallback={null}>
      <SignInAgain name={kept.account.name} />
    </Suspense>
  );
  return (
    <SessionProvider key={kept.account.id} state={kept} ended={!signedIn} again={again}>
      <Suspense fallback={waiting}>
        <SignedIn />
      </Suspense>
    </SessionProvider>
  );
}

function Unreachable(props: { error: unknown; onRetry: () => void }) {
  return (
    <main style={{ maxWidth: 560, margin: '15vh auto', padding: 16 }}>
      <Problem {...props} />
    </main>
  );
}
