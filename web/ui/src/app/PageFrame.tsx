import { Result, Skeleton } from 'antd';
import { lazy, Suspense, useEffect, type ComponentType, type LazyExoticComponent } from 'react';

import { useTexts } from '../language';
import type { Page } from './pages';
import { useSession } from './session';

// What is loaded outlives a render that waits for it; else it would be loaded again and again.
const contents = new Map<Page, LazyExoticComponent<ComponentType>>();

function contentOf(page: Page) {
  const known = contents.get(page) ?? lazy(page.load);
  contents.set(page, known);
  return known;
}

/** One page: loaded when it is opened, with its title in the window, and only for those who may see it. */
export function PageFrame({ page }: { page: Page }) {
  const texts = useTexts();
  const { may } = useSession();
  const Content = contentOf(page);
  const title = page.title(texts);

  useEffect(() => {
    document.title = `${title} · ${texts.common.product}`;
  }, [title, texts]);
  if (!may(page.roles)) return <Result status="403" title={texts.common.notAllowed} subTitle={texts.common.notAllowedHint} />;
  return (
    <Suspense key={page.path} fallback={<Skeleton active />}>
      <Content />
    </Suspense>
  );
}
