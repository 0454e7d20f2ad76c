import { HistoryOutlined, RedoOutlined, UndoOutlined, UploadOutlined } from '@ant-design/icons';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Popconfirm, Tag, Typography, Upload } from 'antd';
import { useEffect, useState } from 'react';

import { plansApi } from '../../../api/siteplan';
import { PlanPlaceSchema, type PlanPlace, type SitePlan } from '../../../api/menshen/v1/siteplan_pb';
import { useTexts } from '../../../language';
import { PlanDrawing, type On } from '../../../parts/plan/PlanDrawing';
import { sketch, type Spot } from '../../../parts/plan/sketch';
import { drawnOf, planKey, type usePlan } from '../../../parts/plan/usePlan';
import { Problem } from '../../../parts/Problem';
import { PlanHistory } from './PlanHistory';

const most = 10 * 1024 * 1024;

/** Puts zones and gates onto the plan, by dragging and by keyboard. Nothing is kept before it is saved. */
export function EditPlan({ kept, onDone }: { kept: ReturnType<typeof usePlan>; onDone: () => void }) {
  const texts = useTexts();
  const t = texts.sitePlan;
  const { message } = App.useApp();
  const client = useQueryClient();
  const { names } = kept;
  const [base, setBase] = useState(kept.plan);
  const [steps, setSteps] = useState<PlanPlace[][]>(() => [kept.plan?.places ?? []]); // what it was and may be again
  const [step, setStep] = useState(0);
  const [dragged, setDragged] = useState<PlanPlace[]>();
  const [chosen, setChosen] = useState<On>();
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState('');
  const [history, setHistory] = useState(false);
  const places = dragged ?? steps[step]!;
  const changed = step > 0;

  useEffect(() => {
    if (!changed) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [changed]);

  const begin = (plan: SitePlan | undefined) => {
    setBase(plan);
    setSteps([plan?.places ?? []]);
    setStep(0);
    void client.invalidateQueries({ queryKey: planKey });
  };
  const put = useMutation({
    mutationFn: (what: { picture?: Uint8Array; noPicture?: boolean }) => plansApi.putSitePlan({ base: base?.revision ?? 0n, places, picture: what.picture as Uint8Array<ArrayBuffer> | undefined, noPicture: what.noPicture ?? false }),
    onSuccess: ({ plan }, { picture }) => {
      void message.success(picture ? t.uploaded : t.saved);
      begin(plan);
    },
  });
  const conflict = put.error instanceof ConnectError && put.error.code === Code.AlreadyExists;
  const reload = async () => {
    const { plan } = await plansApi.getSitePlan({});
    setBase(plan);
    put.reset();
    void client.invalidateQueries({ queryKey: planKey });
  };
  const upload = async (file: File) => {
    setRefused('');
    put.reset();
    if (file.size > most) setRefused(t.tooBig((file.size / 1024 / 1024).toFixed(1)));
    else put.mutate({ picture: new Uint8Array(await file.arrayBuffer()) });
  };

  const record = (next: PlanPlace[]) => {
    setSteps([...steps.slice(0, step + 1), next]);
    setStep(step + 1);
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
    setStep(event.shiftKey ? Math.min(steps.length - 1, step + 1) : Math.max(0, step - 1));
  };
  return (
    <Flex vertical gap={12} onKeyDown={keys}>
      <Flex gap={8} wrap align="center">
        <Button type="primary" disabled={!changed} loading={put.isPending} onClick={() => put.mutate({})}>
          {t.savePlan}
        </Button>
        <Button icon={<UndoOutlined />} disabled={step === 0} aria-label={t.undoStep} title={t.undoStep} onClick={() => setStep(step - 1)} />
        <Button icon={<RedoOutlined />} disabled={step === steps.length - 1} aria-label={t.redoStep} title={t.redoStep} onClick={() => setStep(step + 1)} />
        <Upload accept="image/png,image/jpeg" showUploadList={false} beforeUpload={(file) => { void upload(file); return false; }} disabled={put.isPending}>
          <Button icon={<UploadOutlined />} loading={put.isPending && Boolean(put.variables?.picture)}>
            {base?.picture ? t.replacePicture : t.upload}
          </Button>
        </Upload>
        {base?.picture && (
          <Popconfirm title={t.removePictureAsk} onConfirm={() => put.mutate({ noPicture: true })}>
            <Button>{t.removePicture}</Button>
          </Popconfirm>
        )}
        <Button icon={<HistoryOutlined />} onClick={() => setHistory(true)}>
          {t.history}
        </Button>
        {changed && <Tag color="warning">{t.unsaved}</Tag>}
        {changed ? (
          <Popconfirm title={t.dropChanges} onConfirm={onDone}>
            <Button>{t.stopEditing}</Button>
          </Popconfirm>
        ) : (
          <Button onClick={onDone}>{t.stopEditing}</Button>
        )}
      </Flex>
      <Typography.Text type="secondary">
        {t.uploadHint} {t.moveHint}
      </Typography.Text>
      {refused && <Alert type="error" showIcon role="alert" title={refused} />}
      {put.isPending && put.variables?.picture && <Alert type="info" showIcon title={t.uploading} />}
      {put.error && <Problem error={put.error} />}
      {conflict && <Alert type="warning" showIcon title={t.conflictHint} action={<Button onClick={() => void reload()}>{t.loadLatest}</Button>} />}
      <Flex gap={16} wrap align="flex-start">
        <Card style={{ flex: '3 1 560px', minWidth: 0 }} styles={{ body: { padding: 12 } }}>
          <PlanDrawing label={t.planPicture} drawn={drawn} names={names} chosen={chosen} onChoose={setChosen} onMove={move} onTakeOff={takeOff} />
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
      <PlanHistory open={history} latest={base?.revision ?? 0n} history={kept.history} onClose={() => setHistory(false)} onRestored={begin} />
    </Flex>
  );
}

const isOf = (place: PlanPlace, on: On) => (on.kind === 'gate' ? place.gate === on.id : place.zone === on.id);

function placeOf(on: On, spot: Spot): PlanPlace {
  const { x, y, width, height } = spot;
  return create(PlanPlaceSchema, on.kind === 'gate' ? { gate: on.id, x, y } : { zone: on.id, x, y, width, height });
}
