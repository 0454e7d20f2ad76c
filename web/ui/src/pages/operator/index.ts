import { DashboardOutlined, DatabaseOutlined, DeploymentUnitOutlined, TeamOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { createElement } from 'react';

import { Role } from '../../api/menshen/v1/account_pb';
import type { Page } from '../../app/pages';

export const pages: Page[] = [
  { path: 'operator/status', roles: [Role.OPERATOR], title: (texts) => texts.operator.status, icon: createElement(DashboardOutlined), load: () => import('./Status') },
  { path: 'operator/cameras', roles: [Role.OPERATOR], title: (texts) => texts.operator.cameras, icon: createElement(VideoCameraOutlined), load: () => import('./Cameras') },
  { path: 'operator/machine', roles: [Role.OPERATOR], title: (texts) => texts.operation.machine, icon: createElement(DeploymentUnitOutlined), load: () => import('./Machine') },
  { path: 'operator/data', roles: [Role.OPERATOR], title: (texts) => texts.operation.data, icon: createElement(DatabaseOutlined), load: () => import('./Data') },
  { path: 'operator/accounts', roles: [Role.OPERATOR], title: (texts) => texts.operator.accounts, icon: createElement(TeamOutlined), load: () => import('./Accounts') },
];
