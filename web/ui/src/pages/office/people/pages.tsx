import { HomeOutlined, ScanOutlined, TeamOutlined } from '@ant-design/icons';

import { Role } from '../../../api/menshen/v1/account_pb';
import type { Page } from '../../../app/pages';

const roles = [Role.OFFICE];

export const pages: Page[] = [
  { path: 'office/people', roles, title: (texts) => texts.office.people, icon: <TeamOutlined />, load: () => import('./People') },
  { path: 'office/people/new', roles, title: (texts) => texts.office.newPerson, load: () => import('./NewPerson') },
  { path: 'office/people/:person', roles, title: (texts) => texts.office.person, load: () => import('./Person') },
  { path: 'office/households', roles, title: (texts) => texts.office.households, icon: <HomeOutlined />, load: () => import('./Households') },
  { path: 'office/households/:dwelling', roles, title: (texts) => texts.office.household, load: () => import('./Household') },
  { path: 'office/enrol', roles, title: (texts) => texts.enrol.title, icon: <ScanOutlined />, load: () => import('./Enrol') },
  { path: 'office/consent', roles, title: (texts) => texts.enrol.texts, load: () => import('./ConsentTexts') },
];
