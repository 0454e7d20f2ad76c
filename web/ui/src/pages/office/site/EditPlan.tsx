import { HistoryOutlined, RedoOutlined, UndoOutlined, UploadOutlined } from '@ant-design/icons';
import { create } from '@bufbuild/protobuf';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Modal, Popconfirm, Tag, Typography, Upload } from 'antd';
import { useEffect, useState } from 'react';
import { useBlocker } from 'react-router';

import { plansApi } from '../../../api/siteplan';
import { PlanPlaceSchema, type PlanPlace, type SitePlan } from '../../../api/menshen/v1/siteplan_pb';
import { useTexts } from '../../../language';
import { PlanDrawing, type On } from '../../../parts/plan/PlanDrawing';
import { sketch, type Spot } from '../../../parts/plan/sketch';
import { drawnOf, planKey, type usePlan } from '../../../parts/plan/usePlan';
import { PlanHistory } from './PlanHistory';
import { NewerPlan, PlanProblem } from './PlanProblem';
import { beginSteps, isChanged, movedBy, onLatest, placesOf, withRestored, withSaved, withStep } from './planSteps';

const most = 10 * 1024 * 1024;

/** Puts zones and gates onto the plan, by dragging and by keyboard. Nothing is kept before it is saved. */
export function EditPlan({ kept, onDone }: { kept: ReturnType<typeof usePlan>; onDone: () => void }) {
  const texts = useTexts();
  const t = texts.sitePlan;
  const { message } = App.useApp();
  const client = useQueryClient();
  const { names } = kept;
  const [base, setBase] = useState(kept.plan);
  const [steps, setSteps] = useState(() => beginSteps(kept.plan?.places ?? []));
  const [dragged, setDragged] = useState<PlanPlace[]>();
  const [chosen, setChosen] = useState<On>();
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState('');
  const [history, setHistory] = useState(false);
  const places = dragged ?? placesOf(steps);
  const changed = isChanged(steps);

  const keptNow = (plan: SitePlan | undefined) => {
    setBase(plan);
    void client.invalidateQueries({ queryKey: planKey });
  };
  const put = useMutation({
    mutationFn: ({ sent, picture, noPicture = false }: { sent: PlanPlace[]; picture?: Uint8Array<ArrayBuffer>; noPicture?: boolean }) => plansApi.putSitePlan({ base: base?.revision ?? 0n, places: sent, picture, noPicture }),
    onSuccess: ({ plan }, { sent, picture }) => {
      void message.success(picture ? t.uploaded : t.saved);
      setSteps((now) => withSaved(now, sent));
      keptNow(plan);
    },
  });
  const latest = useMutation({
    mutationFn: () => plansApi.getSitePlan({}),
    onSuccess: ({ plan }) => {
      setSteps((now) => onLatest(now, plan?.places ?? []));
      setDragged(undefined);
      setSaid(t.latestLoaded);
      put.reset();
      keptNow(plan);
    },
  });
  // Whoever did nothing yet goes on from the newer plan; others are told, and choose when.
  const newer = !put.isPending && (kept.plan?.revision ?? 0n) > (base?.revision ?? 0n);
  const free = newer && !changed && !dragged && !latest.isPending;
  useEffect(() => {
    if (!free) return;
    setSteps((now) => onLatest(now, kept.plan?.places ?? []));
    setBase(kept.plan);
  }, [free, kept.plan]);

  const unfinished = changed || put.isPending;
  useEffect(() => {
    if (!unfinished) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [unfinished]);
  const leaving = useBlocker(({ currentLocation, nextLocation }) => unfinished && !(currentLocation.pathname === nextLocation.pathname && new URLSearchParams(nextLocation.search).has('edit')));
  useEffect(() => {
    if (leaving.state === 'blocked' && !unfinished) leaving.proceed(); // it was saved while they were asked
  }, [leaving, unfinished]);

  const upload = async (file: File) => {
    setRefused('');
    put.reset();
    if (file.size > most) setRefused(t.tooBig((file.size / 1024 / 1024).toFixed(1)));
    else put.mutate({ sent: placesOf(steps), picture: new Uint8Array(await file.arrayBuffer()) });
  };

  const record = (next: PlanPlace[]) => {
    setSteps((now) => withStep(now, next));
    setDragged(undefined);
  };
  const set = (on: On, spot: Spot) => [...places.filter((p) => !isOf(p, on)), placeOf(on, spot)];
  const nameOf = (on: On) => (on.kind === 'gate' ? names.gate(on.id) : names.zone(on.id));
  const move = (on: On, spot: Spot, done: boolean) => {
    if (!done) {
      setDragged(set(on, spot));
      return;
    }
    record(set(on, spot));
    setSaid(t.moved(nameOf(on), Math.round(spot.x * 100), Math.round(spot.y * 100)));
  };
  const takeOff = (on: On) => {
    if (!places.some((p) => isOf(p, on))) return;
    record(places.filter((p) => !isOf(p, on)));
    setChosen(undefined);
  };
  const drawn = drawnOf(base, places, names, kept.picture);
  const all: On[] = [...names.zones.filter((z) => z.kind !== 'outside').map((z): On => ({ kind: 'zone', id: z.id })), ...names.gates.map((g): On => ({ kind: 'gate', id: g.id }))];
  const left = all.filter((on) => !(on.kind === 'gate' ? drawn.gates : drawn.zones).has(on.id));
  const made = sketch(names.zones, names.gates);
  const usual = (on: On) => (on.kind === 'gate' ? made.gates : made.zones).get(on.id) ?? { x: 0.5, y: 0.5, width: 0.2, height: 0.2 };
  const keys = (event: React.KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    setSteps((now) => movedBy(now, event.shiftKey ? 1 : -1));
  };
  const busy = put.isPending || latest.isPending;
  const edit = (
    <Flex vertical gap={12} onKeyDown={keys}>
      <Flex gap={8} wrap align="center">
        <Button type="primary" disabled={!changed || latest.isPending} loading={put.isPending} onClick={() => put.mutate({ sent: placesOf(steps) })}>
          {t.savePlan}
        </Button>
        <Button icon={<UndoOutlined />} disabled={steps.at === 0} aria-label={t.undoStep} title={t.undoStep} onClick={() => setSteps((now) => movedBy(now, -1))} />
        <Button icon={<RedoOutlined />} disabled={steps.at === steps.list.length - 1} aria-label={t.redoStep} title={t.redoStep} onClick={() => setSteps((now) => movedBy(now, 1))} />
        <Upload accept="image/png,image/jpeg" showUploadList={false} beforeUpload={(file) => { void upload(file); return false; }} disabled={busy}>
          <Button icon={<UploadOutlined />} loading={put.isPending && Boolean(put.variables?.picture)}>
            {base?.picture ? t.replacePicture : t.upload}
          </Button>
        </Upload>
        {base?.picture && (
          <Popconfirm title={t.removePictureAsk} onConfirm={() => put.mutate({ sent: placesOf(steps), noPicture: true })} disabled={busy}>
            <Button disabled={busy}>{t.removePicture}</Button>
          </Popconfirm>
        )}
        <Button icon={<HistoryOutlined />} onClick={() => setHistory(true)}>
          {t.history}
        </Button>
        {changed && <Tag color="warning">{t.unsaved}</Tag>}
        <Button onClick={onDone}>{t.stopEditing}</Button>
      </Flex>
      <Typography.Text type="secondary">
        {t.uploadHint} {t.moveHint}
      </Typography.Text>
      {refused && <Alert type="error" showIcon role="alert" title={refused} />}
      {put.isPending && put.variables?.picture && <Alert type="info" showIcon title={t.uploading} />}
      {put.error && <PlanProblem error={put.error} loading={latest.isPending} onLatest={() => latest.mutate()} />}
      {newer && changed && !put.error && <NewerPlan loading={latest.isPending} onLatest={() => latest.mutate()} />}
      {latest.error && <PlanProblem error={latest.error} onRetry={() => latest.mutate()} />}
      <Flex gap={16} wrap align="flex-start">
        <Card style={{ flex: '3 1 560px', minWidth: 0 }} styles={{ body: { padding: 12 } }}>
          <PlanDrawing label={t.planPicture} drawn={drawn} names={names} chosen={chosen} onChoose={setChosen} onMove={latest.isPending ? undefined : move} onTakeOff={takeOff} />
          <Flex gap={12} align="center" style={{ minHeight: 44, marginTop: 8 }}>
            <Typography.Text aria-live="polite">{said || (chosen && nameOf(chosen))}</Typography.Text>
            {chosen && places.some((p) => isOf(p, chosen)) && <Button onClick={() => takeOff(chosen)}>{t.takeOff}</Button>}
          </Flex>
        </Card>
        {base?.picture && (
          <Card size="small" title={left.length > 0 ? t.notPlaced(left.length) : t.allPlaced} style={{ flex: '1 1 240px' }} extra={left.length > 1 && <Button type="link" onClick={() => record([...places, ...left.map((on) => placeOf(on, usual(on)))])}>{t.placeAll}</Button>}>
            <Flex vertical gap={6} style={{ maxHeight: 460, overflowY: 'auto' }} tabIndex={0} role="group" aria-label={t.notPlaced(left.length)}>
              {left.map((on) => (
                <Button
                  key={`${on.kind} ${on.id}`}
                  aria-label={`${t.place}: ${nameOf(on)}`}
                  style={{ justifyContent: 'start', flexShrink: 0 }}
                  onClick={() => {
                    record(set(on, usual(on)));
                    setChosen(on);
                  }}
                >
                  {nameOf(on)}
                </Button>
              ))}
            </Flex>
          </Card>
        )}
      </Flex>
    </Flex>
  );
  return (
    <>
      {edit}
      <PlanHistory
        open={history}
        base={base?.revision ?? 0n}
        history={kept.history}
        changed={changed}
        busy={busy}
        onLatest={() => latest.mutate()}
        onClose={() => setHistory(false)}
        onRestored={(plan) => {
          setSteps((now) => withRestored(now, plan?.places ?? []));
          keptNow(plan);
        }}
      />
      <Modal
        open={leaving.state === 'blocked'}
        title={t.dropChanges}
        okText={t.leave}
        okButtonProps={{ danger: true }}
        cancelText={t.stay}
        onOk={() => leaving.proceed?.()}
        onCancel={() => leaving.reset?.()}
      >
        {put.isPending ? t.leaveWhileSaving : t.leaveHint}
      </Modal>
    </>
  );
}

const isOf = (place: PlanPlace, on: On) => (on.kind === 'gate' ? place.gate === on.id : place.zone === on.id);

function placeOf(on: On, spot: Spot): PlanPlace {
  const { x, y, width, height } = spot;
  return create(PlanPlaceSchema, on.kind === 'gate' ? { gate: on.id, x, y } : { zone: on.id, x, y, width, height });
}
