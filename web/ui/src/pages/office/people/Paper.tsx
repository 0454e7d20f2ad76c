import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';

import './paper.css';

/** What goes on paper instead of the page, while it is there. */
export function Paper({ children }: { children: ReactNode }) {
  return createPortal(<div className="paper">{children}</div>, document.body);
}
