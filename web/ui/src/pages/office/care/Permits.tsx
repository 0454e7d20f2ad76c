import { PlusOutlined, PrinterOutlined, TeamOutlined } from '@ant-design/icons';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Flex, Grid, Input, Segmented, Select, Table, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';

import { permitsApi } from '../../../api/permit';
import type { PermitView } from '../../../api/menshen/v1/permit_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import type { Clock } from '../../../parts/clock';
import { useSite } from '../../../parts/site';
import './care.css';
import { lastDay } from './days';
import { IssuePermit } from './IssuePermit';
import { PermitActions, Revoke } from './PermitActions';
import { PermitKind, PermitState } from './PermitState';
import { termsOf } from './permitWords';
import { Sheets } from './Sheets';

const limit = 1000;

/** All permits, with filters that are in the address. */
export default function Permits() {
  const texts = useTexts();
  const t = texts.care;
  const { clock, gate } = useSite();
  const wide = Grid.useBreakpoint().md ?? true;
  const [query, setQuery] = useAddress('q');
  const [kind, setKind] = useAddress('kind');
  const [status, setStatus] = useAddress('state', 'valid');
  const [doing, setDoing] = useAddress('do');
  const [chosen, setChosen] = useState<PermitView[]>([]);
  const [printing, setPrinting] = useState<string[]>();
  const [revoking, setRevoking] = useState<PermitView[]>();
  const asked = { query, kind, status: status === 'all' ? '' : status, limit };
  const list = useQuery({ queryKey: ['PermitService', 'listPermits', asked], queryFn: () => permitsApi.listPermits(asked), placeholderData: keepPreviousData });
  const permits = list.data?.permits ?? [];
  const printable = chosen.filter((view) => view.status === 'valid' || view.status === 'not_yet');
  const columns: TableColumnsType<PermitView> = [
    { title: t.holder, className: 'care-one-line', render: (_, view) => <Holder of={view} /> },
    { title: t.kind, render: (_, view) => <PermitKind kind={view.permit!.kind} /> },
    { title: t.state, render: (_, view) => <PermitState of={view} /> },
    { title: t.validity, className: 'care-one-line', render: (_, view) => <Validity of={view} clock={clock} /> },
    { title: t.terms, render: (_, view) => termsOf(view.permit!, t, gate).map((term) => <div key={term}>{term}</div>) },
    {
      title: t.issued,
      className: 'care-one-line',
      sorter: (a, b) => timestampMs(a.permit!.issued!) - timestampMs(b.permit!.issued!),
      render: (_, view) => (
        <>
          {clock.full(view.permit!.issued)}
          <Typography.Text type="secondary" style={{ display: 'block', fontSize: 13 }}>
            {view.permit!.issuedBy && t.issuedBy(view.permit!.issuedBy)}
          </Typography.Text>
        </>
      ),
    },
    { title: '', key: 'actions', render: (_, view) => <PermitActions of={view} onPrint={(id) => setPrinting([id])} /> },
  ];
  const narrowColumns: TableColumnsType<PermitView> = [
    {
      title: t.permits,
      render: (_, view) => (
        <Flex vertical gap={6}>
          <Flex justify="space-between" gap={8}>
            <Holder of={view} />
            <div>
              <PermitState of={view} />
            </div>
          </Flex>
          <PermitKind kind={view.permit!.kind} />
          <Validity of={view} clock={clock} />
          {termsOf(view.permit!, t, gate).join(' · ')}
          <PermitActions of={view} onPrint={(id) => setPrinting([id])} />
        </Flex>
      ),
    },
  ];
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={12}>
        <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
          {t.permits}
        </Typography.Title>
        <Flex gap={8} wrap>
          <Link to="/office/permits/batch">
            <Button icon={<TeamOutlined />} tabIndex={-1}>
              {t.issueMany}
            </Button>
          </Link>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setDoing('issue')}>
            {t.issueOne}
          </Button>
        </Flex>
      </Flex>
      <Flex gap={12} wrap role="search" align="center">
        <Input.Search key={query} defaultValue={query} allowClear onSearch={(text) => setQuery(text.trim())} placeholder={t.findHolder} aria-label={t.findHolder} style={{ width: 300 }} />
        <Segmented
          aria-label={t.state}
          value={status}
          onChange={setStatus}
          options={[...Object.entries(t.permitStates).map(([value, label]) => ({ value, label })), { value: 'all', label: texts.common.all }]}
        />
        <Select allowClear value={kind || undefined} onChange={(value) => setKind(value ?? '')} placeholder={t.kind} aria-label={t.kind} style={{ minWidth: 140 }} options={Object.entries(t.permitKinds).map(([value, label]) => ({ value, label }))} />
        <Typography.Text type="secondary" aria-live="polite">
          {list.data && t.foundPermits(permits.length)}
        </Typography.Text>
      </Flex>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.more && <Alert type="info" showIcon title={t.morePermits(limit)} />}
      {chosen.length > 0 && (
        <Alert
          type="info"
          title={
            <Flex gap={8} wrap align="center">
              <strong>{t.chosen(chosen.length)}</strong>
              {chosen.length < permits.length && <Button onClick={() => setChosen(permits)}>{t.chooseAll(permits.length)}</Button>}
              <Button onClick={() => setChosen([])}>{t.chooseNone}</Button>
              <Button type="primary" icon={<PrinterOutlined />} disabled={printable.length === 0} onClick={() => setPrinting(printable.map((view) => view.permit!.id))}>
                {t.printSome(printable.length)}
              </Button>
              <Button danger disabled={printable.length === 0} onClick={() => setRevoking(printable)}>
                {t.revokeSome(printable.length)}
              </Button>
              {printable.length < chosen.length && <span>{t.notPrinted(chosen.length - printable.length)}</span>}
            </Flex>
          }
        />
      )}
      {/* Not Table's own scrolling: it doubles the box that chooses all where screen readers trip over it. */}
      <div style={{ overflowX: 'auto' }}>
        <Table<PermitView>
          size="middle"
          rowKey={(view) => view.permit!.id}
          loading={list.isPending}
          dataSource={permits}
          pagination={{ defaultPageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty description={query || kind || status !== 'valid' ? t.noPermitsFound : t.noPermits} /> }}
          rowSelection={{
            selectedRowKeys: chosen.map((view) => view.permit!.id),
            preserveSelectedRowKeys: true,
            onChange: (_, rows) => setChosen(rows),
            getCheckboxProps: (view) => ({ 'aria-label': `${view.name} ${t.permitKinds[view.permit!.kind]}` }) as object,
          }}
          columns={wide ? columns : narrowColumns}
        />
      </div>
      {doing === 'issue' && <IssuePermit onClose={() => setDoing('')} onPrint={(id) => setPrinting([id])} />}
      {printing && <Sheets permits={printing} onClose={() => setPrinting(undefined)} />}
      {revoking && (
        <Revoke
          permits={revoking}
          onClose={() => {
            setRevoking(undefined);
            setChosen([]);
          }}
        />
      )}
    </Flex>
  );
}

function Holder({ of: view }: { of: PermitView }) {
  return (
    <div>
      <Link to={`/office/people/${encodeURIComponent(view.permit!.person)}`}>{view.name}</Link>
      <Typography.Text type="secondary" style={{ display: 'block', fontSize: 13 }}>
        {view.permit!.plate || view.dwelling}
      </Typography.Text>
    </div>
  );
}

/** From when to when; struck out where that is past. */
function Validity({ of: view, clock }: { of: PermitView; clock: Clock }) {
  const t = useTexts().care;
  const span = `${clock.day(view.permit!.from)} – ${view.permit!.to ? lastDay(clock, view.permit!.to) : t.unlimited}`;
  return view.status === 'expired' || view.status === 'revoked' ? <del style={{ opacity: 0.75 }}>{span}</del> : <span>{span}</span>;
}
