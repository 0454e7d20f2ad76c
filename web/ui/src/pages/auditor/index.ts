import { AuditOutlined } from '@ant-design/icons';
import { createElement } from 'react';

import { Role } from '../../api/menshen/v1/account_pb';
import type { Page } from '../../app/pages';

export const pages: Page[] = [
  { path: 'auditor/audit', roles: [Role.AUDITOR, Role.OPERATOR], title: (texts) => texts.auditor.audit, icon: createElement(AuditOutlined), load: () => import('./Audit') },
];
