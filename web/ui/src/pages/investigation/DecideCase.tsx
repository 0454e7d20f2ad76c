import { useQueryClient } from '@tanstack/react-query';
import { Alert, Descriptions, Flex } from 'antd';

import { casesApi } from '../../api/case';
import type { Case } from '../../api/menshen/v1/case_pb';
import { useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { useSite } from '../../parts/site';
import { policyText, Who } from './tags';

/** What an approver needs to know of a case that somebody asks for, and the two answers. */
export function DecideCase({ of, mine }: { of: Case; mine: boolean }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const client = useQueryClient();
  const decide = (approve: boolean) => async ({ why }: { why: string }) => {
    await casesApi.decideCase({ case: of.id, approve, why });
    await client.invalidateQueries({ queryKey: ['CaseService'] });
  };
  return (
    <Flex vertical gap={12}>
      <Descriptions
        column={{ xs: 1, md: 2 }}
        size="small"
        items={[
          { key: 'number', label: t.number, children: of.number },
          { key: 'person', label: t.indexPerson, children: <Who of={of.person} /> },
          { key: 'purpose', label: t.purpose, children: of.purpose },
          { key: 'by', label: t.requestedBy, children: `${of.requestedBy} · ${clock.full(of.requested)}` },
          { key: 'expires', label: t.expires, children: clock.full(of.expires) },
          { key: 'policy', label: t.policy, children: policyText(of.policy) },
        ]}
      />
      {mine ? (
        <Alert type="warning" showIcon title={t.notYourOwn} />
      ) : (
        <Flex gap={8} wrap>
          <ActionButton label={t.approve} title={t.approveTitle(of.number)} hint={t.approveHint} type="primary" run={decide(true)} />
          <ActionButton label={t.refuse} title={t.refuseTitle(of.number)} danger run={decide(false)} />
        </Flex>
      )}
    </Flex>
  );
}
