import { CreditCardOutlined, FormOutlined, HeartOutlined, ImportOutlined, SafetyCertificateOutlined, ShoppingOutlined } from '@ant-design/icons';

import { Role } from '../../../api/menshen/v1/account_pb';
import type { Page } from '../../../app/pages';

/** What the office does for people every day: permits, health, questionnaires, tables, visitors, and the rules behind it. */
export const carePages: Page[] = [
  { path: 'office/permits', roles: [Role.OFFICE], title: (texts) => texts.care.permits, icon: <CreditCardOutlined />, load: () => import('./Permits') },
  { path: 'office/permits/batch', roles: [Role.OFFICE], title: (texts) => texts.care.batch, load: () => import('./BatchPermits') },
  { path: 'office/health', roles: [Role.OFFICE], title: (texts) => texts.care.health, icon: <HeartOutlined />, load: () => import('./Observation') },
  { path: 'office/forms', roles: [Role.OFFICE], title: (texts) => texts.care.forms, icon: <FormOutlined />, load: () => import('./Forms') },
  { path: 'office/visits', roles: [Role.OFFICE], title: (texts) => texts.care.visits, icon: <ShoppingOutlined />, load: () => import('./Visits') },
  { path: 'office/imports', roles: [Role.OFFICE], title: (texts) => texts.care.imports, icon: <ImportOutlined />, load: () => import('./Imports') },
  { path: 'office/rules', roles: [Role.OFFICE], title: (texts) => texts.care.rules, icon: <SafetyCertificateOutlined />, load: () => import('./Rules') },
];
