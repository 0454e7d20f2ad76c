import { useQueryClient } from '@tanstack/react-query';
import { Result, Spin } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { createBrowserRouter, RouterProvider, useRouteError } from 'react-router';

import { SignInStep, type GetSessionResponse } from '../api/menshen/v1/account_pb';
import { useTexts } from '../language';
import { pages as accountPages } from '../pages/account';
import { pages as auditorPages } from '../pages/auditor';
import { pages as guardPages } from '../pages/guard';
import { pages as investigationPages } from '../pages/investigation';
import { pages as officePages } from '../pages/office';
import { pages as operatorPages } from '../pages/operator';
import { Problem } from '../parts/Problem';
import { Home } from './Home';
import type { Page } from './pages';
import { PageFrame } from './PageFrame';
import { sessionKey, SessionProvider, useSessionState } from './session';
import { Shell } from './Shell';

const SignIn = lazy(() => import('../pages/account/SignIn'));
const SignInAgain = lazy(() => import('../pages/account/SignInAgain'));

/** All pages, in the order of the menu. */
export const pages: Page[] = [...guardPages, ...officePages, ...operatorPages, ...investigationPages, ...auditorPages, ...accountPages];

// Made when somebody is signed in: the way in may change the address before.
let router: ReturnType<typeof createBrowserRouter> | undefined;

function routerOfPages() {
  router ??= createBrowserRouter([
    {
      element: <Shell pages={pages} />,
      errorElement: <Broken />,
      children: [
        { index: true, element: <Home pages={pages} /> },
        ...pages.filter((page) => !page.bare).map((page) => ({ path: page.path, element: <PageFrame page={page} /> })),
        { path: '*', element: <NotFound /> },
      ],
    },
    ...pages.filter((page) => page.bare).map((page) => ({ path: page.path, element: <PageFrame page={page} />, errorElement: <Broken /> })),
  ]);
  return router;
}

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
    if (owner) {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      router = undefined;
    }
    setOwner(account);
  }, [account, client, owner]);

  const waiting = <Spin fullscreen delay={300} />;
  if (!state) return session.error ? <Unreachable error={session.error} onRetry={() => void session.refetch()} /> : waiting;
  if (owner !== account) return waiting;
  const signedIn = state.step === SignInStep.DONE;
  const kept = signedIn ? state : last;
  if (!kept?.account) {
    return (
      <Suspense fallback={waiting}>
        <SignIn state={state} />
      </Suspense>
    );
  }
  const again = (
    <Suspense fallback={null}>
      <SignInAgain name={kept.account.name} />
    </Suspense>
  );
  return (
    <SessionProvider key={kept.account.id} state={kept} ended={!signedIn} again={again}>
      <RouterProvider router={routerOfPages()} />
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

function NotFound() {
  const t = useTexts().common;
  return <Result status="404" title={t.notFound} subTitle={t.notFoundHint} />;
}

function Broken() {
  return <Problem error={useRouteError()} onRetry={() => location.reload()} />;
}
