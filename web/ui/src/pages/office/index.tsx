import { TeamOutlined } from '@ant-design/icons';

import { Role } from '../../api/menshen/v1/account_pb';
import type { Page } from '../../app/pages';
import { sitePagescarePages } from './sitecare/pages';

export const pages: Page[] = [
  ...sitePages,
  { path: 'office/people', roles: [Role.OFFICE], title: (texts) => texts.office.people, icon: <TeamOutlined />, load: () => import('./People') },
  { path: 'office/people/:person', roles: [Role.OFFICE], title: (texts) => texts.office.person, load: () => import('./Person') },
  ...carePages,
];
