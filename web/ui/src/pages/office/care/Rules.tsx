import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Flex, Skeleton, Tabs, Tag, Typography } from 'antd';

import { policyApi } from '../../../api/policy';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import { useSite } from '../../../parts/site';
import './care.css';
import { CheckDecision } from './CheckDecision';
import { ReplayRules } from './ReplayRules';

/** The rules of the gates: why somebody may not pass, what the rules say, and what a change would do. */
export default function Rules() {
  const t = useTexts().care;
  const { clock } = useSite();
  const [tab, setTab] = useAddress('tab', 'check');
  const [version, setVersion] = useAddress('version');
  const rules = useQuery({ queryKey: ['PolicyService', 'getRules', version], queryFn: () => policyApi.getRules({ version: BigInt(version || 0) }) });
  const shown = rules.data?.rules;
  const history = rules.data?.history ?? [];
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.rules}
      </Typography.Title>
      <Typography.Text type="secondary">{t.rulesHint}</Typography.Text>
      {rules.error && <Problem error={rules.error} onRetry={() => void rules.refetch()} />}
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'check', label: t.check, children: <CheckDecision /> },
          {
            key: 'text',
            label: t.rulesText,
            children: shown ? (
              <Flex gap={16} wrap align="start">
                <Card
                  size="small"
                  className="care-card"
                  style={{ flex: '3 1 520px', minWidth: 0 }}
                  title={
                    <>
                      {t.rulesVersion(String(shown.version))} {!version && <Tag color="success">{t.inForce}</Tag>}
                    </>
                  }
                  extra={version && <Button onClick={() => setVersion('')}>{t.backToForce}</Button>}
                >
                  <pre tabIndex={0} aria-label={t.rulesText} style={{ margin: 0, maxHeight: '65vh', overflow: 'auto', fontSize: 13, lineHeight: 1.5, fontFamily: 'ui-monospace, monospace' }}>
                    {shown.yaml}
                  </pre>
                </Card>
                <Card size="small" title={t.versions} style={{ flex: '1 1 240px' }}>
                  {history.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noVersions} />}
                  {history.map((one) => (
                    <div key={String(one.version)} style={{ marginBlockEnd: 8 }}>
                      <Button type="link" style={{ padding: 0 }} onClick={() => setVersion(String(one.version))}>
                        {t.rulesVersion(String(one.version))}
                      </Button>
                      <Typography.Text type="secondary" style={{ display: 'block' }}>
                        {[clock.full(one.at), one.by, one.note].filter(Boolean).join(' · ')}
                      </Typography.Text>
                    </div>
                  ))}
                </Card>
              </Flex>
            ) : (
              <Skeleton active />
            ),
          },
          { key: 'replay', label: t.replay, children: shown ? <ReplayRules key={String(shown.version)} yaml={shown.yaml} /> : <Skeleton active /> },
        ]}
      />
    </Flex>
  );
}
