import { Result, Skeleton } from 'antd';
import { lazy, Suspense, useEffect, useMemo } from 'react';

import { useTexts } from '../language';
import type { Page } from './pages';
import { useSession } from './session';

/** One page: loaded when it is opened, with its title in the window, and only for those who may see it. */
export function PageFrame({ page }: { page: Page }) {
  const texts = useTexts();
  const { may } = useSession();
  const Content = useMemo(() => lazy(page.load), [page]);
  const title = page.title(texts);

  useEffect(() => {
    document.title = `${title} · ${texts.common.product}`;
  }, [title, texts]);
  if (!may(page.roles)) return <Result status="403" title={texts.common.notAllowed} subTitle={texts.common.notAllowedHint} />;
  return (
    <Suspense fallback={<Skeleton active />}>
      <Content />
    </Suspense>
  );
}
