import { AuditOutlined, CalendarOutlined, FileZipOutlined, ProfileOutlined } from '@ant-design/icons';
import { createElement } from 'react';

import { Role } from '../../api/menshen/v1/account_pb';
import type { Page } from '../../app/pages';

export const pages: Page[] = [
  {
    path: 'investigation/cases',
    roles: [Role.INVESTIGATOR, Role.APPROVER],
    title: (texts) => texts.investigation.cases,
    icon: createElement(AuditOutlined),
    load: () => import('./Cases'),
  },
  { path: 'investigation/cases/:id', roles: [Role.INVESTIGATOR, Role.APPROVER], title: (texts) => texts.investigation.theCase, load: () => import('./CasePage') },
  {
    path: 'investigation/due',
    roles: [Role.INVESTIGATOR, Role.OFFICE],
    title: (texts) => texts.investigation.due,
    icon: createElement(CalendarOutlined),
    load: () => import('./Due'),
  },
  {
    path: 'investigation/policies',
    roles: [Role.INVESTIGATOR, Role.OPERATOR],
    title: (texts) => texts.investigation.policies,
    icon: createElement(ProfileOutlined),
    load: () => import('./Policies'),
  },
  // Of the office, but listed here: approvers begin with cases.
  {
    path: 'office/packs',
    roles: [Role.OFFICE, Role.APPROVER],
    title: (texts) => texts.office.packs,
    icon: createElement(FileZipOutlined),
    load: () => import('../office/people/Packs'),
  },
];
