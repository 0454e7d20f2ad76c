import { Code, ConnectError } from '@connectrpc/connect';
import { useQuery } from '@tanstack/react-query';
import { Alert, Grid, Select, Skeleton, Tabs, Typography } from 'antd';
import { lazy, Suspense, useEffect } from 'react';
import { Link, useParams } from 'react-router';

import { casesApi } from '../../api/case';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { useAddress } from '../../parts/address';
import { CaseHeader } from './CaseHeader';
import { Recorded } from './Recorded';
import { useSite } from '../../parts/site';

const Movements = lazy(() => import('./Movements'));
const Contacts = lazy(() => import('./Contacts'));
const Chain = lazy(() => import('./Chain'));
const WhatIf = lazy(() => import('./WhatIf'));
const FollowUps = lazy(() => import('./FollowUps'));
const History = lazy(() => import('./History'));
const ExportTab = lazy(() => import('./ExportTab'));

/** One case, with a tab for each thing that is done in it. */
export default function CasePage() {
  const texts = useTexts();
  const t = texts.investigation;
  const { id = '' } = useParams();
  const { clock } = useSite();
  const [tab, setTab] = useAddress('tab', 'movements');
  const wide = Grid.useBreakpoint().md ?? true;
  const shown = useQuery({ queryKey: ['CaseService', 'getCase', { case: id }], queryFn: () => casesApi.getCase({ case: id }), retry: false });
  const number = shown.data?.case?.number;

  useEffect(() => {
    if (number) document.title = `${number} · ${texts.common.product}`;
  }, [number, texts]);
  // A look that failed on the way takes nothing away; a case that may not be looked into any more goes.
  if (shown.error && (!shown.data?.case || (shown.error instanceof ConnectError && shown.error.code === Code.PermissionDenied))) {
    return (
      <>
        <Typography.Paragraph>
          <Link to="/investigation/cases">{t.cases}</Link>
        </Typography.Paragraph>
        <Problem error={shown.error} onRetry={() => void shown.refetch()} />
      </>
    );
  }
  if (!shown.data?.case) return <Skeleton active />;
  const of = shown.data;
  const part = (content: React.ReactNode) => <Suspense fallback={<Skeleton active />}>{content}</Suspense>;
  const tabs = [
    { key: 'movements', label: t.movements, children: part(<Movements of={of} />) },
    { key: 'contacts', label: `${t.contacts} ${of.case!.contacts}`, children: part(<Contacts of={of} />) },
    { key: 'chain', label: t.chain, children: part(<Chain id={id} />) },
    { key: 'what-if', label: t.whatIf, children: part(<WhatIf of={of} />) },
    { key: 'follow-up', label: t.followUp, children: part(<FollowUps caseId={of.case!.id} />) },
    { key: 'history', label: t.history, children: part(<History id={id} />) },
    { key: 'export', label: texts.common.export, children: part(<ExportTab id={id} />) },
  ];
  return (
    <>
      <CaseHeader of={of} />
      <Recorded />
      {of.missingBefore && <Alert type="warning" showIcon title={t.missingBefore(clock.full(of.missingBefore))} style={{ marginBlockEnd: 12 }} />}
      {wide ? (
        <Tabs activeKey={tab} onChange={setTab} destroyOnHidden items={tabs} />
      ) : (
        <>
          <Select aria-label={t.parts} value={tab} onChange={setTab} options={tabs.map(({ key, label }) => ({ value: key, label }))} style={{ width: '100%', marginBlockEnd: 16 }} />
          {tabs.find(({ key }) => key === tab)?.children}
        </>
      )}
    </>
  );
}
