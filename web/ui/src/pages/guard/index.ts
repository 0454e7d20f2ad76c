import { InboxOutlined, SafetyOutlined } from '@ant-design/icons';
import { createElement } from 'react';

import { Role } from '../../api/menshen/v1/account_pb';
import type { Page } from '../../app/pages';
import { loadTexts } from '../../language';

export const pages: Page[] = [
  { path: 'guard/console', roles: [Role.GUARD], title: (texts) => texts.guard.console, icon: createElement(SafetyOutlined), load: () => import('./Console') },
  { path: 'guard/deliveries', roles: [Role.GUARD], title: (texts) => texts.guard.deliveries, icon: createElement(InboxOutlined), load: () => import('./Deliveries') },
  { path: 'guard/camera/:gate', roles: [Role.GUARD], title: (texts) => texts.guard.camera, bare: true, load: () => import('./BrowserCamera') },
  { path: 'display/:gate', roles: [Role.GUARD], title: (texts) => texts.guard.display, bare: true, load: async () => {
      await Promise.all([loadTexts('zh-CN'), loadTexts('en')]); // it is in both
      return import('./Display');
    } },
];
