import { useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Form } from 'antd';
import type { Dayjs } from 'dayjs';

import { casesApi } from '../../api/case';
import type { Case } from '../../api/menshen/v1/case_pb';
import { useTexts } from '../../language';
import { ActionButton } from './ActionButton';
import { useSite } from '../../parts/site';

/** Gives a case more time. Once it has expired, a second person must approve that. */
export function ExtendCase({ of: c }: { of: Case }) {
  const t = useTexts().investigation;
  const { clock } = useSite();
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <ActionButton<{ expires: Dayjs }>
      label={t.extend}
      title={t.extendTitle(c.number)}
      hint={c.expired ? t.extendExpired : undefined}
      run={async ({ expires, why }) => {
        const { case: after } = await casesApi.extendCase({ case: c.id, expires: clock.fromPicker(expires.endOf('day')), why, revision: c.revision });
        await client.invalidateQueries({ queryKey: ['CaseService'] });
        void message.success(after?.state === 'requested' ? t.requestDone(c.number) : t.extended);
      }}
    >
      <Form.Item name="expires" label={t.expires} rules={[{ required: true, message: t.needed }]}>
        <DatePicker style={{ width: '100%' }} />
      </Form.Item>
    </ActionButton>
  );
}
