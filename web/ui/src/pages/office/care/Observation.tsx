import { PhoneOutlined, PlusOutlined, PrinterOutlined } from '@ant-design/icons';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Dropdown, Empty, Flex, Grid, Progress, Segmented, Switch, Table, Tag, Typography, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';

import { healthApi } from '../../../api/health';
import type { HealthView } from '../../../api/menshen/v1/health_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import type { Clock } from '../../../parts/clock';
import { useSite } from '../../../parts/site';
import './care.css';
import { ChangeCode, ChangeHealth } from './ChangeHealth';
import { isToday, lastDay, observationDay, type ObservationDay } from './days';
import { Sparkline } from './Sparkline';
import { TemperatureEntry } from './TemperatureEntry';

const colours: Record<string, string> = { observation: 'warning', monitoring: 'processing', isolated: 'error', recovered: 'success', normal: 'default' };
const codeColours: Record<string, string> = { green: 'success', yellow: 'warning', red: 'error' };

interface Row {
  view: HealthView;
  id: string;
  day?: ObservationDay;
  /** Today's latest temperature. */
  today?: HealthView['temperatures'][number];
  /** A temperature is expected today, and there is none. */
  missing: boolean;
}

function rowOf(view: HealthView, clock: Clock, now: number): Row {
  const health = view.health!;
  const confined = ['observation', 'monitoring', 'isolated'].includes(health.state);
  const day = confined ? observationDay(clock, health.since, health.state === 'observation' ? health.until : undefined, now) : undefined;
  const today = view.temperatures.find((one) => isToday(clock, one.at, now));
  return { view, id: health.person, day, today, missing: confined && !day?.over && !today };
}

/** Who needs care: who stays at home, is watched or isolated, has a fever or a coloured code; with a temperature each day. */
export default function Observation() {
  const texts = useTexts();
  const t = texts.care;
  const { clock } = useSite();
  const wide = Grid.useBreakpoint().md ?? true;
  const [state, setState] = useAddress('state');
  const [only, setOnly] = useAddress('missing');
  const [doing, setDoing] = useState<{ what: 'add' | 'change' | 'end' | 'code'; row?: Row }>();
  // In the order in which the list was opened: entering a temperature must not move the row away from under the cursor.
  const [order, setOrder] = useState<Map<string, number>>();
  const list = useQuery({ queryKey: ['HealthService', 'listHealth', 'temperatures'], queryFn: () => healthApi.listHealth({ temperatures: true }), refetchInterval: 60_000 });
  const fever = list.data?.fever ?? 37.3;
  const days = list.data?.observationDays ?? 14;
  const rows = useMemo(() => {
    const now = Date.now();
    return (list.data?.people ?? []).map((view) => rowOf(view, clock, now)).sort((a, b) => rankOf(a) - rankOf(b) || a.view.dwelling.localeCompare(b.view.dwelling, undefined, { numeric: true }));
  }, [list.data, clock]);
  const [held, setHeld] = useState<Set<string>>();
  const missingNow = () => new Set(rows.filter((row) => row.missing).map((row) => row.id));
  if (list.data && !order) {
    setOrder(new Map(rows.map((row, i) => [row.id, i])));
    if (only === 'yes') setHeld(missingNow());
  }
  const place = (row: Row) => order?.get(row.id) ?? -1;
  const shown = rows
    .filter((row) => (!state || row.view.health!.state === state) && (only !== 'yes' || (held ? held.has(row.id) : row.missing)))
    .sort((a, b) => place(a) - place(b));
  const due = rows.filter((row) => row.day && !row.day.over);
  const missing = due.filter((row) => row.missing).length;
  const over = rows.filter((row) => row.day?.over).length;
  const counts = (of: string) => rows.filter((row) => row.view.health!.state === of).length;
  const entry = (row: Row) => <TemperatureEntry person={row.id} name={row.view.name} fever={fever} today={row.today} />;
  const actions = (row: Row) => (
    <Flex gap={4}>
      {row.day?.over && (
        <Button size="small" type="primary" onClick={() => setDoing({ what: 'end', row })} aria-label={t.endOf(row.view.name)}>
          {t.endObservation}
        </Button>
      )}
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'change', label: t.newState, onClick: () => setDoing({ what: 'change', row }) },
            ...(row.view.health!.state === 'observation' && !row.day?.over ? [{ key: 'end', label: t.endObservation, onClick: () => setDoing({ what: 'end' as const, row }) }] : []),
            { key: 'code', label: t.healthCode, onClick: () => setDoing({ what: 'code', row }) },
          ],
        }}
      >
        <Button size="small" aria-label={t.changeOf(row.view.name)}>
          {t.change}
        </Button>
      </Dropdown>
    </Flex>
  );
  const columns: TableColumnsType<Row> = [
    { title: t.person, className: 'care-one-line', render: (_, row) => <Who of={row} /> },
    { title: t.state, render: (_, row) => <HealthState of={row} clock={clock} /> },
    { title: t.temperatures, render: (_, row) => <Course of={row.view} fever={fever} clock={clock} /> },
    { title: t.today, render: (_, row) => entry(row) },
    { title: '', key: 'actions', className: 'care-screen', render: (_, row) => actions(row) },
  ];
  const narrowColumns: TableColumnsType<Row> = [
    {
      title: t.health,
      render: (_, row) => (
        <Flex vertical gap={8}>
          <Flex justify="space-between" gap={8} align="start">
            <Who of={row} />
            {actions(row)}
          </Flex>
          <HealthState of={row} clock={clock} />
          <Flex justify="space-between" gap={8} align="center" wrap>
            <Course of={row.view} fever={fever} clock={clock} />
            {entry(row)}
          </Flex>
        </Flex>
      ),
    },
  ];
  return (
    <Flex vertical gap={16} className="care-list">
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {t.health}
        </Typography.Title>
        <span className="care-paper">{t.printedAt(clock.write(Date.now(), 'YYYY-MM-DD HH:mm'))}</span>
        <Flex gap={8} wrap className="care-screen">
          <Button icon={<PrinterOutlined />} onClick={() => print()}>
            {texts.common.print}
          </Button>
          <Link to="/office/imports?tab=returnees">
            <Button tabIndex={-1}>{t.registerReturnees}</Button>
          </Link>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setDoing({ what: 'add' })}>
            {t.putUnder}
          </Button>
        </Flex>
      </Flex>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {over > 0 && <Alert type="warning" showIcon title={t.overCount(over)} />}
      <Flex gap={12} wrap align="center" className="care-screen">
        <Segmented
          aria-label={t.state}
          value={state}
          onChange={setState}
          options={[{ value: '', label: `${texts.common.all} ${rows.length}` }, ...Object.entries(t.healthStates).filter(([of]) => counts(of) > 0 || of === state).map(([value, label]) => ({ value, label: `${label} ${counts(value)}` }))]}
        />
        {due.length > 0 && (
          <>
            <Progress type="circle" size={36} percent={Math.round(((due.length - missing) / due.length) * 100)} aria-label={missing ? t.missingToday(missing) : t.allMeasured} />
            <strong aria-live="polite">{missing ? t.missingToday(missing) : t.allMeasured}</strong>
            <Flex gap={6} align="center">
              <Switch
                checked={only === 'yes'}
                aria-label={t.onlyMissing}
                onChange={(on) => {
                  setHeld(on ? missingNow() : undefined);
                  setOnly(on ? 'yes' : '');
                }}
              />
              {t.onlyMissing}
            </Flex>
          </>
        )}
        <Typography.Text type="secondary">
          {t.enterHint} {t.feverLine(fever.toFixed(1))}
        </Typography.Text>
      </Flex>
      <Table<Row>
        size="middle"
        rowKey="id"
        loading={list.isPending}
        dataSource={shown}
        pagination={false}
        scroll={wide ? { x: 'max-content' } : undefined}
        locale={{ emptyText: <Empty description={rows.length === 0 ? t.nobodyObserved : only === 'yes' ? t.allMeasured : t.nobodyOfState} /> }}
        expandable={{
          columnWidth: 40,
          rowExpandable: (row) => row.view.temperatures.length > 0,
          expandedRowRender: (row) => <Temperatures of={row.view} fever={fever} clock={clock} />,
          expandIcon: ({ expanded, expandable, onExpand, record }) =>
            expandable && (
              <Button size="small" type="text" className="care-screen" aria-expanded={expanded} aria-label={t.showTemperatures(record.view.name)} onClick={(e) => onExpand(record, e)}>
                {expanded ? '▾' : '▸'}
              </Button>
            ),
        }}
        columns={wide ? columns : narrowColumns}
      />
      {doing && doing.what !== 'code' && <ChangeHealth of={doing.row?.view.health} name={doing.row?.view.name} end={doing.what === 'end'} days={days} onClose={() => setDoing(undefined)} />}
      {doing?.what === 'code' && doing.row && <ChangeCode of={doing.row.view.health!} name={doing.row.view.name} onClose={() => setDoing(undefined)} />}
    </Flex>
  );
}

/** Missing measurements first, then what is over, then the others. */
function rankOf(row: Row): number {
  if (row.missing) return 0;
  if (row.day?.over) return 1;
  return row.day ? 2 : 3;
}

function Who({ of: row }: { of: Row }) {
  const t = useTexts().care;
  return (
    <div>
      <Link to={`/office/people/${encodeURIComponent(row.id)}`}>{row.view.name}</Link> <Typography.Text type="secondary">{row.view.dwelling}</Typography.Text>
      {row.view.phone && (
        <div>
          <a href={`tel:${row.view.phone}`} title={t.call(row.view.name)}>
            <PhoneOutlined /> {row.view.phone}
          </a>
        </div>
      )}
    </div>
  );
}

/** The state with its day, the health code and the reason. */
function HealthState({ of: { view, day }, clock }: { of: Row; clock: Clock }) {
  const t = useTexts().care;
  const health = view.health!;
  return (
    <div>
      <Tag color={colours[health.state]}>{t.healthStates[health.state] ?? health.state}</Tag>
      {health.code && <Tag color={codeColours[health.code]}>{t.codes[health.code] ?? health.code}</Tag>}
      <div>
        {day && !day.over && (day.days ? t.day(day.day, day.days) : t.dayOpen(day.day))}
        {day?.over && health.until && <Typography.Text type="danger">{t.over(lastDay(clock, health.until))}</Typography.Text>}
        {day && !day.over && health.until && <Typography.Text type="secondary"> · {t.until(lastDay(clock, health.until))}</Typography.Text>}
      </div>
      {health.reason && (
        <Typography.Text type="secondary" style={{ display: 'block', maxWidth: 260, fontSize: 13 }}>
          {health.reason}
        </Typography.Text>
      )}
    </div>
  );
}

/** The course of the temperature, and the latest in numbers. */
function Course({ of: view, fever, clock }: { of: HealthView; fever: number; clock: Clock }) {
  const latest = view.temperatures[0];
  return (
    <div>
      <Sparkline name={view.name} temperatures={view.temperatures} fever={fever} />
      {latest && (
        <Typography.Text type={latest.celsius >= fever ? 'danger' : 'secondary'} style={{ fontSize: 13 }}>
          {latest.celsius.toFixed(1)} ℃ · {clock.minute(latest.at)}
        </Typography.Text>
      )}
    </div>
  );
}

function Temperatures({ of: view, fever, clock }: { of: HealthView; fever: number; clock: Clock }) {
  const t = useTexts().care;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      style={{ maxWidth: 620 }}
      dataSource={[...view.temperatures].sort((a, b) => timestampMs(b.at!) - timestampMs(a.at!))}
      columns={[
        { title: t.measuredAt, render: (_, one) => clock.full(one.at) },
        { title: t.temperatures, render: (_, one) => <Typography.Text type={one.celsius >= fever ? 'danger' : undefined}>{one.celsius.toFixed(1)} ℃</Typography.Text> },
        { title: t.source, render: (_, one) => t.sources[one.source] ?? one.source },
      ]}
    />
  );
}
