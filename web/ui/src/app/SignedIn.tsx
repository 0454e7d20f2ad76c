import { Result } from 'antd';
import { useEffect, useState } from 'react';
import { createBrowserRouter, RouterProvider, useRouteError } from 'react-router';

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
import { Shell } from './Shell';

/** All pages, in the order of the menu. */
const pages: Page[] = [...guardPages, ...operatorPages, ...officePages, ...investigationPages, ...auditorPages, ...accountPages];

function routerOfPages() {
  return createBrowserRouter([
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
}

/** All pages, with the shell around them: of one account. */
export default function SignedIn() {
  // Made when somebody is signed in: the way in may change the address before.
  const [router] = useState(routerOfPages);
  useEffect(() => () => router.dispose(), [router]);
  return <RouterProvider router={router} />;
}

function NotFound() {
  const t = useTexts().common;
  return <Result status="404" title={t.notFound} subTitle={t.notFoundHint} />;
}

function Broken() {
  return <Problem error={useRouteError()} onRetry={() => location.reload()} />;
}
