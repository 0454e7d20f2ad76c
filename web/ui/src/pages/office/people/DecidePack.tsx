import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Descriptions, Flex, Form, Input } from 'antd';

import type { PackRequest } from '../../../api/menshen/v1/registry_pb';
import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { packsKey } from './packState';

/** What an approver needs to know of a request for somebody's passes, and the two answers, each with its reason. */
export function DecidePack({ of, mine }: { of: PackRequest; mine: boolean }) {
  const t = useTexts().office;
  const { minute } = useTimes();
  const client = useQueryClient();
  const [form] = Form.useForm<{ why: string }>();
  const decide = useMutation({
    mutationFn: async (approve: boolean) => {
      const { why } = await form.validateFields();
      return registryApi.decidePack({ request: of.id, approve, why });
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: packsKey }),
  });
  return (
    <Flex vertical gap={12}>
      <Descriptions
        column={{ xs: 1, md: 2 }}
        size="small"
        items={[
          { key: 'person', label: t.name, children: `${of.person?.name ?? '–'} ${of.person?.dwelling ?? ''}` },
          { key: 'shown', label: t.packShown, children: of.askedBy },
          { key: 'by', label: t.packRequestedBy, children: `${of.requestedBy} · ${minute(of.requested)}` },
          { key: 'until', label: t.packUntil, children: minute(of.expires) },
        ]}
      />
      {mine ? (
        <Alert type="warning" showIcon title={t.packNotYourOwn} />
      ) : (
        <Form form={form} name={`decide-${of.id}`} layout="vertical" requiredMark={false}>
          <Form.Item name="why" label={t.packWhy} rules={[{ required: true, whitespace: true, message: t.packWhy }]}>
            <Input maxLength={500} />
          </Form.Item>
          {decide.error instanceof Error && <Problem error={decide.error} />}
          <Flex gap={8} wrap>
            <Button type="primary" disabled={of.expired} loading={decide.isPending && decide.variables} onClick={() => decide.mutate(true)}>
              {t.packApprove}
            </Button>
            <Button danger loading={decide.isPending && !decide.variables} onClick={() => decide.mutate(false)}>
              {t.packRefuse}
            </Button>
          </Flex>
        </Form>
      )}
    </Flex>
  );
}
