import { EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Skeleton, Typography } from 'antd';

import { siteApi } from '../../../api/core';
import { gatesApi } from '../../../api/gate';
import { useTexts } from '../../../language';
import { drawnOf, usePlan } from '../../../parts/plan/usePlan';
import { PlanDrawing } from '../../../parts/plan/PlanDrawing';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import { EditPlan } from './EditPlan';
import { GateList } from './GateList';
import { GateState, useGateState } from './GateState';
import { useGateLooks } from './gateLooks';
import './site.css';
import { SiteMode } from './SiteMode';

/** The plan of the site with its gates: how they are, and how they are used. */
export default function SitePlan() {
  const t = useTexts().sitePlan;
  const kept = usePlan();
  const [gate, setGate] = useAddress('gate');
  const [editing, setEditing] = useAddress('edit');
  const list = useQuery({ queryKey: ['gates', 'listGates'], queryFn: () => gatesApi.listGates({}), refetchInterval: 5000 });
  const status = useQuery({ queryKey: ['site', 'getStatus'], queryFn: () => siteApi.getStatus({}), refetchInterval: 5000 });
  const { look, legend } = useGateLooks(list.data?.gates ?? [], status.data?.cameras ?? []);
  const state = useGateState(kept.names.gate);

  const problem = kept.error ?? list.error ?? status.error;
  const heading = (
    <Flex justify="space-between" align="center" wrap gap={12}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.plan}
      </Typography.Title>
      {kept.ready && !editing && (
        <Button icon={<EditOutlined />} className="no-print" onClick={() => setEditing('1')}>
          {t.editPlan}
        </Button>
      )}
    </Flex>
  );
  // A picture that comes later does not take the place of what somebody edits.
  if (!(editing ? kept.known : kept.ready) || !list.data) return problem ? <Problem error={problem} onRetry={() => void Promise.all([kept.refetch(), list.refetch()])} /> : <Skeleton active />;
  if (editing) {
    return (
      <Flex vertical gap={16}>
        {heading}
        {kept.error && <Problem error={kept.error} onRetry={kept.refetch} />}
        <EditPlan kept={kept} onDone={() => setEditing('')} />
      </Flex>
    );
  }

  const view = list.data.gates.find((g) => g.gate?.id === gate);
  return (
    <Flex vertical gap={16}>
      {heading}
      {problem && <Problem error={problem} />}
      <SiteMode mode={list.data.mode} name={kept.names.gate} />
      <Flex gap={16} wrap align="flex-start">
        <Card style={{ flex: '2 1 560px', minWidth: 0 }} styles={{ body: { padding: 12 } }}>
          <PlanDrawing
            label={t.planPicture}
            drawn={drawnOf(kept.plan, kept.plan?.places ?? [], kept.names, kept.picture)}
            names={kept.names}
            gateLook={look}
            chosen={gate ? { kind: 'gate', id: gate } : undefined}
            onChoose={(on) => on.kind === 'gate' && setGate(on.id)}
          />
          <Flex gap={16} wrap style={{ marginTop: 8 }} aria-label={t.legend} role="list">
            {legend.map(({ colour, words }) => (
              <Flex key={words} gap={6} align="center" role="listitem">
                <svg width={14} height={14} aria-hidden>
                  <circle cx={7} cy={7} r={7} fill={colour} />
                </svg>
                <Typography.Text style={{ fontSize: 13 }}>{words}</Typography.Text>
              </Flex>
            ))}
          </Flex>
          {!kept.plan?.picture && <Typography.Text type="secondary">{t.drawn}</Typography.Text>}
          <div aria-live="polite" style={{ marginTop: 12, minHeight: 64 }}>
            {view?.gate ? (
              <Flex gap={12} align="center" wrap>
                <Typography.Text strong>{kept.names.gate(gate)}</Typography.Text>
                <Typography.Text type="secondary">{t.leads(kept.names.zone(view.gate.from), kept.names.zone(view.gate.to))}</Typography.Text>
                <GateState gate={`${gate}-on-plan`} name={kept.names.gate(gate)} state={view.gate.state} disabled={state.busy === gate} onChange={(_, before, to) => state.change(gate, before, to)} />
                <Typography.Text type="secondary">{look(gate)?.words}</Typography.Text>
              </Flex>
            ) : (
              <Typography.Text type="secondary">{t.chooseGate}</Typography.Text>
            )}
          </div>
        </Card>
        <GateList gates={list.data.gates} cameras={status.data?.cameras ?? []} names={kept.names} chosen={gate} onChoose={setGate} busy={state.busy} onChange={state.change} />
      </Flex>
    </Flex>
  );
}
