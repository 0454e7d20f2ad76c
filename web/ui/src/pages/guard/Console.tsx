import { CameraOutlined, DashboardOutlined, DesktopOutlined, InboxOutlined, MutedOutlined, SoundOutlined, UserAddOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Dropdown, Empty, Flex, Segmented, Select, Tag, theme } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { consoleApi } from '../../api/console';
import { siteApi } from '../../api/core';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { Means, Outcome } from '../../api/menshen/v1/event_pb';
import type { Review } from '../../api/menshen/v1/gate_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { CallHelp } from './CallHelp';
import { Doors } from './Doors';
import { FeverAlarm, type Fever } from './FeverAlarm';
import './guard.css';
import { Inside } from './Inside';
import type { Connection } from './keepOpen';
import { gateOf, type Entry } from './outbox';
import { PassCard, type PassActions } from './PassCard';
import { Reviews } from './Reviews';
import { sound, wakeSound, type Sound } from './sound';
import { TemperaturePad, type Measured } from './TemperaturePad';
import { useEverySecond } from './useEverySecond';
import { useGuardOutbox } from './useGuardOutbox';
import { useHelp } from './useHelp';
import { nameOf, useLivePasses } from './useLivePasses';
import { VisitForm } from './VisitForm';
import { Visitors } from './Visitors';
import { Waiting } from './Waiting';

const heldFor = 10_000; // ms that somebody who was stopped stays large while others pass
const doorLimit = 60_000; // ms after which letting in by hand is too late: nobody stands there any more

/** What a guard needs at a gate, on one screen. */
export default function Console() {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { token } = theme.useToken();
  const { message, notification } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const gates = search.getAll('gate');
  const tab = search.get('show') ?? 'visitors';
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => siteApi.getSite({}), staleTime: 300_000 });
  const names = useMemo(() => Object.fromEntries((site.data?.site?.gates ?? []).map((gate) => [gate.id, inLanguage(gate.name, language) || gate.id])), [site.data, language]);
  const [muted, setMuted] = useState(() => localStorage.getItem('menshen.guard.muted') === 'yes');
  const play = (kind: Sound) => {
    if (!muted) sound(kind);
  };
  const [held, setHeld] = useState<{ pass: ConsolePass; until: number }>();
  const { passes, missed, connection, fever, ahead } = useLivePasses(gates, (pass) => {
    const p = pass.view?.pass;
    if (!p || p.outcome === Outcome.ALLOW || p.means === Means.GUARD) return; // what guards decided themselves, they know
    setHeld({ pass, until: Date.now() + heldFor });
    if (p.outcome === Outcome.REVIEW) void client.invalidateQueries({ queryKey: ['guard', 'listReviews'] });
    play(p.reasons.includes('fever') ? 'fever' : p.outcome === Outcome.REVIEW ? 'review' : 'refusal');
  });
  const lost = connection.state === 'lost';
  const { waiting, submit: send } = useGuardOutbox(connection.state === 'live', () => void client.invalidateQueries({ queryKey: ['visits'] }));
  const [acted, setActed] = useState<string>(); // the gate that the guard was last busy with
  const submit = (entry: Entry) => {
    setActed((before) => gateOf(entry) ?? before);
    return send(entry);
  };
  const call = useHelp(send, lost, () => play('lost'));
  const [measuring, setMeasuring] = useState<Measured[]>();
  const [hot, setHot] = useState<Fever>();
  const [visit, setVisit] = useState<{ review?: Review }>();

  useEffect(() => {
    window.addEventListener('pointerdown', wakeSound, { once: true });
    window.addEventListener('keydown', wakeSound, { once: true });
    return () => {
      window.removeEventListener('pointerdown', wakeSound);
      window.removeEventListener('keydown', wakeSound);
    };
  }, []);
  useEffect(() => {
    if (lost) play('lost');
    // Only when it is lost, not when the sound is turned on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lost]);
  useEffect(() => {
    if (!held) return;
    const timer = setTimeout(() => setHeld(undefined), Math.max(held.until - Date.now(), 0));
    return () => clearTimeout(timer);
  }, [held]);

  const burn = (who: string, celsius: number, told: boolean) => {
    setHot({ name: who, celsius, told });
    play('fever');
  };
  /** Sends an entry and says what came of it; undefined where it is kept or refused. */
  const enter = async (entry: Entry) => {
    try {
      return { done: await submit(entry), refused: false };
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
      return { refused: true };
    }
  };
  const measure = async (who: Measured, celsius: number) => {
    setMeasuring(undefined);
    const { done, refused } = await enter({ kind: 'temperature', who: who.name, person: who.person, celsius, gate: who.gate, at: Date.now() });
    if (refused) return;
    if (done ? done.fever : fever !== undefined && celsius >= fever) burn(who.name, celsius, done !== undefined);
    else if (done) void message.success(t.measured(who.name, celsius.toFixed(1)));
  };
  const letIn = async (pass: ConsolePass) => {
    const view = pass.view!;
    const { done } = await enter({ kind: 'answer', who: view.personName, pass: nameOf(pass), allow: true, person: view.pass!.person, until: Date.now() + doorLimit });
    if (!done) return;
    if (done.outcome === Outcome.ALLOW) void message.success(t.letInDone(view.personName));
    else notification.warning({ title: t.stillRefused(view.personName), description: (done.reasons ?? []).map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；'), duration: 0 });
  };
  const notThem = async (pass: ConsolePass) => {
    const { done } = await enter({ kind: 'notThem', who: pass.view!.personName, pass: nameOf(pass) });
    if (done) void message.success(t.notThemDone);
  };
  const whoOf = (pass: ConsolePass): Measured => ({ person: pass.view!.pass!.person, name: pass.view!.personName, dwelling: pass.view!.dwelling, gate: pass.view!.pass!.gate });
  const measurable = (first?: ConsolePass) => {
    const seen = new Map<string, Measured>();
    for (const pass of first ? [first, ...passes] : passes) if (pass.view?.pass?.person && !seen.has(pass.view.pass.person)) seen.set(pass.view.pass.person, whoOf(pass));
    return [...seen.values()].slice(0, 6);
  };
  const latest = useRef<PassActions>(undefined);
  latest.current = { onTemperature: (pass) => setMeasuring(measurable(pass)), onLetIn: (pass) => void letIn(pass), onNotThem: (pass) => void notThem(pass) };
  const actions = useMemo<PassActions>(() => ({ onTemperature: (pass) => latest.current?.onTemperature(pass), onLetIn: (pass) => latest.current?.onLetIn(pass), onNotThem: (pass) => latest.current?.onNotThem(pass) }), []);

  const gateHere = visit?.review?.pass?.pass?.gate ?? gates[0] ?? passes[0]?.view?.pass?.gate ?? Object.keys(names)[0] ?? '';
  const large = held?.pass ?? passes[0];
  const likely = [acted, held?.pass.view?.pass?.gate, gateHere];
  const where = gates.length > 0 ? gates : Object.keys(names).length > 0 ? Object.keys(names) : gateHere ? [gateHere] : [];
  const first = likely.find((gate) => gate !== undefined && where.includes(gate));
  const rest = passes.filter((pass) => !large || nameOf(pass) !== nameOf(large)).slice(0, 40);
  return (
    <div className="guard">
      <h1 className="guard-hidden">{t.console}</h1>
      <Flex gap={8} align="center">
        <Select
          mode="multiple"
          maxTagCount="responsive"
          aria-label={t.gates}
          placeholder={t.allGates}
          value={gates}
          onChange={(chosen: string[]) => setSearch((now) => { now.delete('gate'); chosen.forEach((gate) => now.append('gate', gate)); return now; })}
          options={Object.entries(names).map(([value, label]) => ({ value, label }))}
          showSearch={{ optionFilterProp: 'label' }}
          style={{ minWidth: 0, flex: 1 }}
        />
        <State connection={connection} />
        <Screens gate={gateHere} name={names[gateHere] ?? gateHere} />
        <Button
          icon={muted ? <MutedOutlined /> : <SoundOutlined />}
          aria-label={muted ? t.soundOff : t.soundOn}
          title={muted ? t.soundOff : t.soundOn}
          aria-pressed={!muted}
          onClick={() => {
            localStorage.setItem('menshen.guard.muted', muted ? 'no' : 'yes');
            setMuted(!muted);
            if (muted) sound('review');
          }}
        />
      </Flex>
      <Waiting count={waiting} />
      {missed > 0 && <Alert type="info" title={t.missed(missed)} />}
      <div className="guard-main">
        <section className="guard-passes" aria-label={t.passes}>
          <Card size="small">
            <div aria-live={held ? 'assertive' : 'off'}>
              {large ? (
                <PassCard large pass={large} fever={fever} gateName={names[large.view!.pass!.gate] ?? large.view!.pass!.gate} actions={actions} />
              ) : (
                <Empty description={t.nobodyYet} />
              )}
            </div>
          </Card>
          <div className="guard-list">
            {rest.map((pass) => (
              <PassCard key={nameOf(pass)} pass={pass} fever={fever} gateName={names[pass.view!.pass!.gate] ?? ''} actions={actions} />
            ))}
          </div>
        </section>
        <section className="guard-side" aria-label={t.console}>
          <Reviews gates={gates} names={names} ahead={() => ahead.current} submit={submit} onVisitor={(review) => setVisit({ review })} />
          <Card size="small">
            <Segmented
              block
              value={tab}
              onChange={(value) => setSearch((now) => { now.set('show', value); return now; }, { replace: true })}
              options={[{ value: 'visitors', label: t.visits }, { value: 'doors', label: t.doors }, { value: 'inside', label: t.inside }]}
              style={{ marginBottom: 12 }}
            />
            {tab === 'doors' ? <Doors gates={gates} /> : tab === 'inside' ? <Inside /> : <Visitors />}
          </Card>
        </section>
      </div>
      <div className="guard-actions" role="group" aria-label={t.actions} style={{ background: token.colorBgContainer, borderColor: token.colorBorderSecondary }}>
        <CallHelp gates={first ? [first, ...where.filter((gate) => gate !== first)] : where} names={names} onCall={(gate) => void call(gate, names[gate] ?? gate, Date.now() + ahead.current)} />
        <Button size="large" icon={<InboxOutlined />} href="/guard/deliveries" onClick={(event) => (event.preventDefault(), void navigate('/guard/deliveries'))}>{t.deliveries}</Button>
        <Button size="large" icon={<DashboardOutlined />} disabled={!passes.some((pass) => pass.view?.pass?.person)} onClick={() => setMeasuring(measurable(large?.view?.pass?.person ? large : undefined))}>{t.temperature}</Button>
        <Button size="large" type="primary" icon={<UserAddOutlined />} onClick={() => setVisit({})}>{t.newVisit}</Button>
      </div>
      {measuring && measuring.length > 0 && <TemperaturePad people={measuring} fever={fever} onPick={(who, celsius) => void measure(who, celsius)} onClose={() => setMeasuring(undefined)} />}
      {hot && <FeverAlarm fever={hot} onSeen={() => setHot(undefined)} />}
      {visit && (
        <VisitForm
          gate={gateHere}
          fever={fever}
          submit={submit}
          onFever={(name, celsius) => burn(name, celsius, !lost)}
          onDone={(visitor, name) => {
            void client.invalidateQueries({ queryKey: ['visits'] });
            const review = visit.review;
            const pass = review?.pass?.pass;
            if (pass) void enter({ kind: 'answer', who: name, pass: `${pass.gate}:${pass.sequence}`, allow: true, person: visitor.person, until: Date.now() + doorLimit }).then(() => client.invalidateQueries({ queryKey: ['guard', 'listReviews'] }));
          }}
          onClose={() => setVisit(undefined)}
        />
      )}
    </div>
  );
}

/** The other screens of a gate: the display for residents, and this device as its camera. */
function Screens({ gate, name }: { gate: string; name: string }) {
  const t = useTexts().guard;
  const cameras = useQuery({ queryKey: ['console', 'listBrowserCameras'], queryFn: () => consoleApi.listBrowserCameras({}), staleTime: 60_000 });
  const camera = cameras.data?.cameras.find((one) => one.gate === gate) ?? cameras.data?.cameras[0];
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'display', disabled: !gate, icon: <DesktopOutlined />, label: <a href={`/display/${gate}`} target="_blank" rel="noreferrer">{t.displayOf(name)}</a> },
          camera
            ? { key: 'camera', icon: <CameraOutlined />, label: <a href={`/guard/camera/${camera.gate}`} target="_blank" rel="noreferrer">{t.camera}</a> }
            : { key: 'camera', disabled: true, icon: <CameraOutlined />, label: t.noBrowserCamera },
        ],
      }}
    >
      <Button icon={<DesktopOutlined />} aria-label={t.screens} title={t.screens} />
    </Dropdown>
  );
}

function State({ connection }: { connection: Connection }) {
  const t = useTexts().guard;
  const now = useEverySecond(connection.state === 'lost');
  if (connection.state !== 'lost') return connection.state === 'live' ? <Tag color="success">{t.live}</Tag> : <Tag>{t.connecting}</Tag>;
  return <Tag color="error">{t.lost(Math.max(Math.ceil((connection.retryAt - now) / 1000), 0))}</Tag>;
}
