// What a page is to the shell. Each area lists its own in pages/<area>/index.ts.
import type { ComponentType, ReactNode } from 'react';

import type { Role } from '../api/menshen/v1/account_pb';
import type { Texts } from '../language';

export interface Page {
  /** Of the address, without a leading slash; may have parameters, as React Router writes them. */
  path: string;
  /** Who may open it: any of these. Empty for everybody who is signed in. */
  roles: Role[];
  /** In the menu and as the window's title. */
  title: (texts: Texts) => string;
  /** In the menu; a page without one is not in it. */
  icon?: ReactNode;
  /** Without the shell around it: for screens that hang at a gate. */
  bare?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}
