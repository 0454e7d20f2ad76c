import { EditOutlined, UserAddOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Checkbox, Descriptions, Empty, Flex, Form, Input, Select, Skeleton, Tag, Typography } from 'antd';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';

import { registryApi } from '../../../api/registry';
import type { Household as HouseholdRecord } from '../../../api/menshen/v1/registry_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { EditDrawer } from './EditDrawer';

/** One dwelling: who lives there, and what the office notes about it. */
export default function Household() {
  const t = useTexts().office;
  const navigate = useNavigate();
  const dwelling = useParams().dwelling ?? '';
  const [params, setParams] = useSearchParams();
  const found = useQuery({ queryKey: ['households', 'one', dwelling], queryFn: () => householdOf(dwelling) });
  if (found.error && !found.data) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton active />;
  const household = found.data;
  if (!household) return <Empty description={t.noHouseholdFound} />;
  const edit = (on: boolean) => setParams(on ? { edit: '1' } : {}, { replace: true });
  return (
    <Flex vertical gap={16} style={{ maxWidth: 860 }}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {household.dwelling}
        </Typography.Title>
        <Flex gap={8} wrap>
          <Button icon={<EditOutlined />} onClick={() => edit(true)}>
            {t.editHousehold}
          </Button>
          <Button type="primary" icon={<UserAddOutlined />} onClick={() => void navigate(`/office/people/new?dwelling=${encodeURIComponent(household.dwelling)}`)}>
            {t.addMember}
          </Button>
        </Flex>
      </Flex>
      <Card>
        <Descriptions
          column={{ xs: 1, md: 3 }}
          items={[
            { key: 'note', label: t.note, children: household.note || '—' },
            { key: 'language', label: t.noticeLanguage, children: t.noticeLanguages[household.language || 'zh'] },
            { key: 'shared', label: t.sharedShort, children: household.shared ? t.yes : t.no },
          ]}
        />
      </Card>
      <Card title={t.members}>
        {household.people.length === 0 && <Typography.Text type="secondary">{t.noMembers}</Typography.Text>}
        {household.people.map((person) => (
          <Flex key={person.id} align="center" gap={12} style={{ minHeight: 44 }}>
            <Link to={`/office/people/${encodeURIComponent(person.id)}`}>{person.name}</Link>
            {person.state === 'inactive' && <Tag>{t.inactive}</Tag>}
          </Flex>
        ))}
      </Card>
      {params.get('edit') && <EditHousehold household={household} onClose={() => edit(false)} />}
    </Flex>
  );
}

async function householdOf(dwelling: string): Promise<HouseholdRecord | null> {
  const { households } = await registryApi.listHouseholds({ query: dwelling, limit: 100 });
  return households.find((household) => household.dwelling === dwelling) ?? null;
}

const fieldsOf = ({ language, note, shared }: HouseholdRecord): Record<string, string> => ({ note, language, shared: shared ? 'yes' : '' });

function EditHousehold({ household, onClose }: { household: HouseholdRecord; onClose: () => void }) {
  const t = useTexts().office;
  const { message } = App.useApp();
  const client = useQueryClient();
  return (
    <EditDrawer<Record<string, string>>
      title={`${t.editHousehold} ${household.dwelling}`}
      start={{ revision: household.revision, fields: fieldsOf(household) }}
      labels={{ note: t.note, language: t.noticeLanguage, shared: t.shared }}
      words={(field, value) => (field === 'shared' ? (value ? t.yes : t.no) : field === 'language' ? t.noticeLanguages[value || 'zh']! : value)}
      whole={(values) => ({ note: values.note ?? '', language: values.language ?? '', shared: values.shared ? 'yes' : '' })}
      latest={async () => {
        const now = await householdOf(household.dwelling);
        return now ? { revision: now.revision, fields: fieldsOf(now) } : Promise.reject(new Error(t.noHouseholdFound));
      }}
      save={async ({ note, language, shared }, revision) => {
        await registryApi.putHousehold({ dwelling: household.dwelling, note, language, shared: shared === 'yes', revision });
        void message.success(t.saved);
        void client.invalidateQueries({ queryKey: ['households'] });
      }}
      onClose={onClose}
    >
      <Form.Item name="note" label={t.note}>
        <Input.TextArea autoFocus maxLength={500} rows={3} />
      </Form.Item>
      <Form.Item name="language" label={t.noticeLanguage} getValueProps={(value) => ({ value: value || 'zh' })}>
        <Select options={Object.entries(t.noticeLanguages).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      <Form.Item name="shared" valuePropName="checked" getValueProps={(value) => ({ checked: !!value })} getValueFromEvent={(event) => (event.target.checked ? 'yes' : '')}>
        <Checkbox>{t.shared}</Checkbox>
      </Form.Item>
    </EditDrawer>
  );
}
