import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions, Empty, Flex, Skeleton, Tag, Typography } from 'antd';
import { Link } from 'react-router';

import { siteApi } from '../../api/core';
import type { CameraStatus } from '../../api/menshen/v1/api_pb';
import { useSession } from '../../app/session';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { Sheet } from '../../parts/Sheet';
import { useTimes } from '../../parts/time';

/** How Menshen is, and what to do about what is not well. */
export default function Status() {
  const { operator: t, operation: o } = useTexts();
  const { language } = useLanguage();
  const { minute } = useTimes();
  const { state } = useSession();
  const status = useQuery({ queryKey: ['site', 'getStatus'], queryFn: () => siteApi.getStatus({}), refetchInterval: 5000 });
  if (!status.data) return status.error ? <Problem error={status.error} onRetry={() => void status.refetch()} /> : <Skeleton active />;
  const { conditions, cameras, people, templates, passes, outbox } = status.data;
  const figure = new Intl.NumberFormat(language, { maximumFractionDigits: 0, useGrouping: false });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {t.status}
      </Typography.Title>
      {state.simulated && <Alert type="info" showIcon title={o.simulated} description={o.simulatedHint} />}
      {conditions.length === 0 && <Alert type="success" showIcon title={t.well} />}
      {conditions.map((condition) => (
        <Alert
          key={condition.id}
          type={condition.severity === 'critical' ? 'error' : 'warning'}
          showIcon
          title={`${condition.severity === 'critical' ? o.critical : o.warning} · ${inLanguage(condition.meaning, language)}`}
          description={
            <>
              <div>
                {t.doNow}: {inLanguage(condition.action, language)}
              </div>
              <Typography.Text type="secondary">{[condition.since && t.since(minute(condition.since)), condition.detail].filter(Boolean).join(' · ')}</Typography.Text>
            </>
          }
        />
      ))}
      <Card>
        <Descriptions
          items={[
            { key: 'people', label: t.people, children: number.format(people) },
            { key: 'templates', label: t.templates, children: number.format(templates) },
            { key: 'passes', label: t.passes, children: number.format(passes) },
            { key: 'outbox', label: t.outbox, children: number.format(outbox) },
            { key: 'version', label: t.version, children: state.version },
          ]}
        />
      </Card>
      <Sheet<CameraStatus>
        rowKey="id"
        dataSource={cameras}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={state.simulated ? o.noCamerasSimulated : o.noCameras}>{!state.simulated && <Link to="/operator/cameras">{o.addOne}</Link>}</Empty> }}
        columns={[
          { title: t.camera, dataIndex: 'id' },
          { title: t.gate, dataIndex: 'gate' },
          { title: t.state, render: (_, camera) => <><Tag color={camera.ok ? 'success' : 'error'}>{camera.ok ? t.cameraOk : t.cameraBad}</Tag> {camera.message}</> },
          { title: t.figures, render: (_, camera) => camera.figures.width ? o.figures(...['width', 'height', 'fps', 'analysed_fps', 'detect_ms'].map((name) => figure.format(camera.figures[name] ?? 0)) as [string, string, string, string, string]) : '' },
        ]}
      />
    </Flex>
  );
}
