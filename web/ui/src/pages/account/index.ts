import type { Page } from '../../app/pages';

export const pages: Page[] = [{ path: 'account', roles: [], title: (texts) => texts.account.page, load: () => import('./Account') }];
