import { SoundOutlined, MutedOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Col, Empty, Flex, Row, Select, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';

import { api } from '../../api/client';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { Outcome } from '../../api/menshen/v1/event_pb';
import type { Review } from '../../api/menshen/v1/gate_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { Doors } from './Doors';
import { useOutbox } from './outbox';
import { PassCard } from './PassCard';
import { Reviews } from './Reviews';
import { sound, wakeSound } from './sound';
import { TemperaturePad } from './TemperaturePad';
import { useLivePasses } from './useLivePasses';
import type { Connection } from './useStream';
import { VisitForm, Visitors } from './Visitors';

/** What a guard needs at a gate, on one screen. */
export default function Console() {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { message, notification } = App.useApp();
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const gates = search.getAll('gate');
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => api.site.getSite({}), staleTime: 300_000 });
  const names = Object.fromEntries((site.data?.site?.gates ?? []).map((gate) => [gate.id, inLanguage(gate.name, language) || gate.id]));
  const [muted, setMuted] = useState(() => localStorage.getItem('menshen.guard.muted') === 'yes');
  const { passes, missed, connection } = useLivePasses(gates, (pass) => {
    const outcome = pass.view?.pass?.outcome;
    if (outcome === Outcome.REVIEW) void client.invalidateQueries({ queryKey: ['guard', 'listReviews'] });
    if (!muted && outcome === Outcome.REVIEW) sound('review');
    if (!muted && outcome === Outcome.DENY) sound('refusal');
  });
  const { waiting, submit } = useOutbox(
    connection.state === 'live',
    () => void message.success(t.sent),
    (error) => notification.error({ title: t.refusedLater(wordsOf(error, texts.common.offline)), duration: 0 }),
  );
  const [measured, setMeasured] = useState<ConsolePass>();
  const [visit, setVisit] = useState<{ review?: Review }>();

  useEffect(() => {
    window.addEventListener('pointerdown', wakeSound, { once: true });
    return () => window.removeEventListener('pointerdown', wakeSound);
  }, []);

  const measure = async (celsius: number) => {
    const pass = measured!.view!.pass!;
    setMeasured(undefined);
    if (celsius >= 37.3) notification.error({ title: t.fever(celsius.toFixed(1)), duration: 0 });
    try {
      const done = await submit({ kind: 'temperature', person: pass.person, celsius, gate: pass.gate, at: Date.now() });
      if (done) void message.success(t.measured(celsius.toFixed(1)));
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
    }
  };
  const gateOfVisit = visit?.review?.pass?.pass?.gate ?? gates[0] ?? passes[0]?.view?.pass?.gate ?? Object.keys(names)[0] ?? '';
  const [newest, ...rest] = passes;
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} wrap align="center">
        <Select
          mode="multiple"
          aria-label={t.gates}
          placeholder={t.allGates}
          value={gates}
          onChange={(chosen: string[]) => setSearch(chosen.map((gate): [string, string] => ['gate', gate]))}
          options={Object.entries(names).map(([value, label]) => ({ value, label }))}
          optionFilterProp="label"
          style={{ minWidth: 240, flex: 1 }}
        />
        <State connection={connection} />
        <Button
          icon={muted ? <MutedOutlined /> : <SoundOutlined />}
          onClick={() => {
            localStorage.setItem('menshen.guard.muted', muted ? 'no' : 'yes');
            setMuted(!muted);
          }}
        >
          {muted ? t.soundOff : t.sound}
        </Button>
      </Flex>
      {waiting > 0 && <Alert type="warning" showIcon title={t.queued(waiting)} role="status" />}
      {missed > 0 && <Alert type="info" title={t.missed(missed)} />}
      <Row gutter={[12, 12]}>
        <Col xs={24} md={14}>
          <Card size="small" aria-live="polite">
            {newest ? (
              <PassCard large pass={newest} gateName={names[newest.view!.pass!.gate] ?? newest.view!.pass!.gate} onTemperature={() => setMeasured(newest)} />
            ) : (
              <Empty description={t.nobodyYet} />
            )}
          </Card>
          <Flex vertical gap={10} style={{ marginTop: 12, maxHeight: '60vh', overflowY: 'auto' }}>
            {rest.slice(0, 50).map((pass) => (
              <PassCard key={`${pass.view!.pass!.gate}:${pass.view!.pass!.sequence}`} pass={pass} gateName={names[pass.view!.pass!.gate] ?? ''} onTemperature={() => setMeasured(pass)} />
            ))}
          </Flex>
        </Col>
        <Col xs={24} md={10}>
          <Flex vertical gap={12}>
            <Reviews gates={gates} submit={submit} onVisitor={(review) => setVisit({ review })} />
            <Visitors onNew={() => setVisit({})} />
            <Doors gates={gates} />
          </Flex>
        </Col>
      </Row>
      {measured && <TemperaturePad name={measured.view!.personName} onPick={(celsius) => void measure(celsius)} onClose={() => setMeasured(undefined)} />}
      {visit && (
        <VisitForm
          gate={gateOfVisit}
          submit={submit}
          onDone={(person) => {
            void client.invalidateQueries({ queryKey: ['visits'] });
            const pass = visit.review?.pass?.pass;
            if (pass) void submit({ kind: 'answer', pass: `${pass.gate}:${pass.sequence}`, allow: true, person }).catch((error: unknown) => message.error(wordsOf(error, texts.common.offline)));
          }}
          onClose={() => setVisit(undefined)}
        />
      )}
    </Flex>
  );
}

function State({ connection }: { connection: Connection }) {
  const t = useTexts().guard;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (connection.state !== 'lost') return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [connection]);
  if (connection.state !== 'lost') return connection.state === 'live' ? <Tag color="success">{t.live}</Tag> : <Tag>{t.connecting}</Tag>;
  return <Tag color="error">{t.lost(Math.max(Math.ceil((connection.retryAt - now) / 1000), 0))}</Tag>;
}
