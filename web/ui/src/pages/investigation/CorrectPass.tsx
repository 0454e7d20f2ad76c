import { useQueryClient } from '@tanstack/react-query';
import { App, Form } from 'antd';

import { guardApi } from '../../api/gate';
import type { Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { FindPerson } from './FindPerson';
import { useSite } from '../../parts/site';

/** Says of a pass that it was somebody else; who, where it is known. The pass itself stays as it was. */
export function CorrectPass({ of, caseId }: { of: Pass; caseId: string }) {
  const t = useTexts().investigation;
  const site = useSite();
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <ActionButton<{ person?: string }>
      label={t.notThem}
      title={t.notThemTitle(site.clock.full(of.captured), site.gate(of.gate))}
      hint={t.notThemHint}
      danger
      run={async ({ person, why }) => {
        await guardApi.annotate({ pass: `${of.gate}:${of.sequence}`, kind: person ? 'identity' : 'not_them', person: person ?? '', text: why, case: caseId });
        await client.invalidateQueries({ queryKey: ['CaseService', 'getCase', { case: caseId }] });
        await client.invalidateQueries({ queryKey: ['TracingService'] });
        void message.success(t.corrected);
      }}
    >
      <Form.Item name="person" label={t.whoElse}>
        <FindPerson caseId={caseId} />
      </Form.Item>
    </ActionButton>
  );
}
