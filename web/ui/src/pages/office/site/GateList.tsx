import { Card, Checkbox, Flex, Table, Tag, Typography } from 'antd';
import { useState } from 'react';

import type { CameraStatus } from '../../../api/menshen/v1/api_pb';
import type { GateView } from '../../../api/menshen/v1/gate_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { isOuter } from '../../../parts/plan/outer';
import type { PlanNames } from '../../../parts/plan/usePlan';
import { GateState } from './GateState';

interface Props {
  gates: GateView[];
  cameras: CameraStatus[];
  names: PlanNames;
  chosen: string;
  onChoose: (gate: string) => void;
  busy?: string;
  onChange: (gate: string, before: string, to: string) => void;
}

/** All gates with their states, doors and cameras. */
export function GateList({ gates, cameras, names, chosen, onChoose, busy, onChange }: Props) {
  const t = useTexts().sitePlan;
  const { language } = useLanguage();
  const some = gates.some((view) => view.gate && isOuter(view.gate)) && gates.length > 12;
  const [outer, setOuter] = useState(true);
  const shown = gates.filter((view) => !some || !outer || (view.gate && isOuter(view.gate)) || view.gate?.id === chosen || view.door === 'alarm');
  return (
    <Card title={t.gateList} style={{ flex: '1 1 420px', minWidth: 0 }} styles={{ body: { padding: 0 } }} extra={some && <Checkbox checked={outer} onChange={(event) => setOuter(event.target.checked)}>{t.outerOnly}</Checkbox>}>
      <Table<GateView>
        size="small"
        rowKey={(view) => view.gate!.id}
        dataSource={shown}
        pagination={{ pageSize: 12, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        onRow={(view) => ({ onClick: () => onChoose(view.gate!.id) })}
        rowClassName={(view) => (view.gate!.id === chosen ? 'ant-table-row-selected' : '')}
        columns={[
          {
            title: t.gate,
            render: (_, view) => (
              <Flex vertical gap={2}>
                <Typography.Text strong={view.gate!.id === chosen}>{names.gate(view.gate!.id)}</Typography.Text>
                <Flex gap={4} wrap>
                  <Tag color={view.door === 'alarm' ? 'error' : undefined} title={inLanguage(view.doorMessage, language)}>
                    {t.door} {t.doorStates[view.door] ?? view.door}
                  </Tag>
                  {cameras.filter((camera) => camera.gate === view.gate!.id).map((camera) => (
                    <Tag key={camera.id} color={camera.ok ? 'success' : 'error'} title={camera.message || camera.id}>
                      {camera.ok ? t.cameraOnline : t.cameraOffline}
                    </Tag>
                  ))}
                </Flex>
              </Flex>
            ),
          },
          {
            title: t.gateState,
            render: (_, view) => <GateState gate={view.gate!.id} name={names.gate(view.gate!.id)} state={view.gate!.state} disabled={busy === view.gate!.id} onChange={onChange} />,
          },
        ]}
      />
    </Card>
  );
}
