import { Navigate } from 'react-router';

import type { Page } from './pages';
import { useSession } from './session';

/** Leads to the first page of the menu that one's roles have. */
export function Home({ pages }: { pages: Page[] }) {
  const { may } = useSession();
  const first = pages.find((page) => page.icon && page.roles.length > 0 && may(page.roles)) ?? pages.find((page) => page.icon && may(page.roles));
  return first ? <Navigate to={`/${first.path}`} replace /> : null;
}
