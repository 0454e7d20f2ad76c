import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Descriptions, Flex, Segmented, Spin, Table, Tag, Typography } from 'antd';

import { calibrationApi } from '../../../api/core';
import type { CalibrateResponse, LookAlike } from '../../../api/menshen/v1/api_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { useAddress } from '../../../parts/address';
import { Distances } from './Distances';
import { of10000, of100 } from './shares';
import './site.css';
import { ThresholdCurve } from './ThresholdCurve';

const aims = [10, 30, 100, 300]; // of 10,000 strangers
const enough = 50; // people

/** What distances between faces mean at this site: a trial, which can be taken into use. */
export default function Calibration() {
  const t = useTexts().sitePlan;
  const client = useQueryClient();
  const [aim, setAim] = useAddress('aim', '0');
  const fpir = Math.min(0.05, Math.max(0, Number(aim) || 0) / 10_000);
  const key = ['calibration', 'calibrate', fpir];
  const trial = useQuery({ queryKey: key, queryFn: () => calibrationApi.calibrate({ fpir, dryRun: true }), staleTime: Infinity, gcTime: 0, retry: false });
  const apply = useMutation({
    mutationFn: () => calibrationApi.calibrate({ fpir, dryRun: false }),
    onSuccess: (answer) => client.setQueryData(key, answer),
  });
  const choices = [0, ...aims];
  if (aim !== '0' && !aims.includes(Number(aim))) choices.push(Number(aim));
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.calibration}
      </Typography.Title>
      <Flex gap={12} align="center" wrap className="no-print">
        <Typography.Text>{t.aim}</Typography.Text>
        <Segmented
          name="aim"
          aria-label={t.aim}
          value={Number(aim)}
          onChange={(value) => setAim(String(value))}
          options={choices.map((value) => ({ value, label: value === 0 ? t.aimNow : t.aimOption(Math.round(value * 10) / 10) }))}
        />
      </Flex>
      {trial.isFetching && (
        <Flex gap={12} align="center" role="status">
          <Spin /> {t.calibrating}
        </Flex>
      )}
      {trial.error && !trial.isFetching && <Problem error={trial.error} onRetry={() => void trial.refetch()} />}
      {trial.data && !trial.isFetching && <Answer of={trial.data} onAim={(taken) => setAim(String(Math.min(500, Math.max(1, Math.round(taken * 100_000) / 10))))} applying={apply.isPending} error={apply.error} onApply={() => apply.mutateAsync()} />}
    </Flex>
  );
}

function Answer({ of, onAim, applying, error, onApply }: { of: CalibrateResponse; onAim: (taken: number) => void; applying: boolean; error: unknown; onApply: () => Promise<unknown> }) {
  const t = useTexts().sitePlan;
  const times = useTimes();
  const { modal } = App.useApp();
  const c = of.calibration;
  if (!c) return null;
  const people = Number(c.people);
  const ask = () => modal.confirm({ title: t.applyAsk, content: t.applyHint, okText: t.apply, onOk: () => onApply().catch(() => undefined) });
  return (
    <>
      {people < enough && <Alert type="info" showIcon title={t.tooFew(people)} description={t.tooFewHint} />}
      {c.several > 0n && c.missed > 0.3 && <Alert type="warning" showIcon title={t.tooStrict(of100(c.missed))} description={t.tooStrictHint} />}
      <Card title={t.meaning} extra={of.inUse ? <Tag color="success">{t.applied}</Tag> : <Tag>{t.notApplied}</Tag>}>
        <Flex vertical gap={8}>
          {c.taken > 0 && (
            <Typography.Text style={{ fontSize: 17 }}>
              {t.strangersTaken(of10000(c.taken), of10000(c.takenLow), of10000(c.takenHigh))} {t.strangersAsked(of10000(c.asked))}
            </Typography.Text>
          )}
          <Typography.Text>{c.several > 0n ? t.ownMissed(of100(c.missed), of100(c.refused), Number(c.several)) : t.ownUnknown}</Typography.Text>
          {c.taken > 0 && <Typography.Text type="secondary">{t.networkTaken(of.networkKnown.toFixed(3), of10000(c.takenPublished))} {t.several}</Typography.Text>}
          <Typography.Text type="secondary">
            {t.bases[c.basis]} {t.figures(c.engine, people, Number(c.templates), Number(c.probed))}
          </Typography.Text>
          <Descriptions
            size="small"
            bordered
            column={{ xs: 1, md: 3 }}
            items={[
              { key: 'known', label: t.known, children: `${c.known.toFixed(3)} · ${t.knownHint}` },
              { key: 'unsure', label: t.unsure, children: `${c.unsure.toFixed(3)} · ${t.unsureHint}` },
              { key: 'network', label: t.network, children: `${of.networkKnown.toFixed(3)} / ${of.networkUnsure.toFixed(3)}` },
            ]}
          />
          {error !== null && <Problem error={error} />}
          <Flex gap={12} align="center" className="no-print">
            <Button type="primary" loading={applying} disabled={of.inUse} onClick={ask}>
              {t.apply}
            </Button>
            {of.inUse && <Typography.Text role="status">{t.inUseSince(times.second(c.at))}</Typography.Text>}
          </Flex>
        </Flex>
      </Card>
      {of.curve.length > 1 && (
        <Card title={t.curve}>
          <ThresholdCurve points={of.curve} known={c.known} network={of.networkKnown} onAim={onAim} />
        </Card>
      )}
      {of.strangers.length > 0 && (
        <Card title={t.distances}>
          <Distances strangers={of.strangers} own={of.own} known={c.known} unsure={c.unsure} />
        </Card>
      )}
      {of.lookAlikes.length > 0 ? (
        <Card title={t.lookAlikes(Number(of.lookAlikePairs))}>
          <Typography.Paragraph>{t.lookAlikesHint}</Typography.Paragraph>
          <Table<LookAlike>
            size="small"
            rowKey={(pair) => `${pair.a?.id} ${pair.b?.id}`}
            dataSource={of.lookAlikes}
            pagination={{ pageSize: 10, hideOnSinglePage: true }}
            scroll={{ x: 'max-content' }}
            columns={[
              { title: t.one, render: (_, pair) => `${pair.a?.name || pair.a?.id} ${pair.a?.dwelling ?? ''}` },
              { title: t.other, render: (_, pair) => `${pair.b?.name || pair.b?.id} ${pair.b?.dwelling ?? ''}` },
              { title: t.distance, align: 'end', render: (_, pair) => pair.distance.toFixed(3) },
              { title: t.theirThresholds, align: 'end', render: (_, pair) => `${pair.knownA.toFixed(3)}, ${pair.knownB.toFixed(3)}` },
            ]}
          />
        </Card>
      ) : (
        people >= enough && <Typography.Text type="secondary">{t.noLookAlikes}</Typography.Text>
      )}
    </>
  );
}
