import { useEffect, useRef, type ReactNode } from 'react';

/** Lets the keyboard scroll a table that is wider than its place though nothing in it takes the focus. */
export function KeyboardScroll({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    for (const part of box.current?.querySelectorAll<HTMLElement>('.ant-table-content, .ant-table-body, .ant-table-tbody-virtual-holder') ?? []) {
      part.tabIndex = 0;
      part.setAttribute('role', 'group');
      part.setAttribute('aria-label', label);
    }
  });
  return <div ref={box}>{children}</div>;
}
