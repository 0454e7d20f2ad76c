import { Button, Descriptions, Flex, Grid, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';

import { Role } from '../../api/menshen/v1/account_pb';
import type { GetCaseResponse } from '../../api/menshen/v1/case_pb';
import { useSession } from '../../app/session';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { CaseActions } from './CaseActions';
import { useSite } from '../../parts/site';
import { CaseState, policyText, Who } from './tags';

/** What a case is about, until when it may be looked into, and by what it is judged. */
export function CaseHeader({ of }: { of: GetCaseResponse }) {
  const t = useTexts().investigation;
  const { language } = useLanguage();
  const { clock } = useSite();
  const { may } = useSession();
  const c = of.case!;
  const wide = Grid.useBreakpoint().md ?? true;
  const [all, setAll] = useState(false);
  const facts = [
    { key: 'person', label: t.indexPerson, children: <Who of={c.person} /> },
    { key: 'purpose', label: t.purpose, children: c.purpose },
    { key: 'expires', label: t.expires, children: clock.full(c.expires) },
    { key: 'policy', label: t.policy, children: `${inLanguage(of.policyName, language)} (${policyText(c.policy)})` },
    { key: 'window', label: t.window, children: `${clock.full(of.windowFrom)} – ${clock.full(of.windowTo)}` },
    { key: 'judged', label: t.judgedAt, children: c.judged ? clock.full(c.judged) : t.notJudged },
    { key: 'onset', label: t.onset, children: clock.full(c.clinical?.onset) },
    { key: 'isolated', label: t.isolated, children: clock.full(c.clinical?.isolated) },
    { key: 'decided', label: t.decidedBy, children: `${c.decidedBy || '–'} · ${clock.full(c.decided)}` },
  ];
  return (
    <header>
      <Flex align="center" gap={12} wrap style={{ marginBlockEnd: 8 }}>
        <Link to="/investigation/cases">{t.cases}</Link>
        <Typography.Title level={3} style={{ margin: 0 }}>
          {c.number}
        </Typography.Title>
        <CaseState of={c} />
      </Flex>
      <Descriptions size="small" column={{ xs: 1, sm: 2, lg: 3 }} items={wide || all ? facts : facts.filter(({ key }) => ['person', 'window', 'judged'].includes(key))} />
      {!wide && (
        <Button size="small" type="link" style={{ paddingInline: 0 }} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t.lessFacts : t.moreFacts}
        </Button>
      )}
      {may([Role.INVESTIGATOR]) && <CaseActions of={c} />}
    </header>
  );
}
