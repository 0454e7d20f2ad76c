import { AimOutlined, BarChartOutlined, EnvironmentOutlined } from '@ant-design/icons';

import { Role } from '../../../api/menshen/v1/account_pb';
import type { Page } from '../../../app/pages';

export const sitePages: Page[] = [
  { path: 'office/dashboard', roles: [Role.OFFICE, Role.OPERATOR], title: (texts) => texts.sitePlan.dashboard, icon: <BarChartOutlined />, load: () => import('./Dashboard') },
  { path: 'office/plan', roles: [Role.OFFICE, Role.OPERATOR], title: (texts) => texts.sitePlan.plan, icon: <EnvironmentOutlined />, load: () => import('./SitePlan') },
  { path: 'operator/calibration', roles: [Role.OPERATOR], title: (texts) => texts.sitePlan.calibration, icon: <AimOutlined />, load: () => import('./Calibration') },
];
