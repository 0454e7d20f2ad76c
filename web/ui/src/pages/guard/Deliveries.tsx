import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, AutoComplete, Button, Card, Empty, Flex, Form, Input, Popover, Select, Tag, Typography } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useSearchParams } from 'react-router';

import { peopleApi, siteApi } from '../../api/core';
import { visitsApi } from '../../api/visit';
import type { Delivery } from '../../api/menshen/v1/visit_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem, wordsOf } from '../../parts/Problem';
import { useTimes } from '../../parts/time';
import './guard.css';
import { Waiting } from './Waiting';
import { useGuardOutbox } from './useGuardOutbox';

interface Fields {
  gate: string;
  dwelling: string;
  item: string;
  carrier?: string;
  phone?: string;
}

const lastGate = 'menshen.guard.gate';

/** What couriers left at a gate: taken in, and handed over. */
export default function Deliveries() {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { message } = App.useApp();
  const client = useQueryClient();
  const times = useTimes();
  const [form] = Form.useForm<Fields>();
  const [search, setSearch] = useSearchParams();
  const dwelling = search.get('dwelling') ?? '';
  const all = search.get('all') === 'yes';
  const [busy, setBusy] = useState(false);
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => siteApi.getSite({}), staleTime: 300_000 });
  const gates = (site.data?.site?.gates ?? []).map((gate) => ({ value: gate.id, label: inLanguage(gate.name, language) || gate.id }));
  const list = useQuery({ queryKey: ['visits', 'listDeliveries', all], queryFn: () => visitsApi.listDeliveries({ waiting: !all, limit: 500 }), refetchInterval: 10_000 });
  const { waiting, submit } = useGuardOutbox(!list.error, () => void client.invalidateQueries({ queryKey: ['visits', 'listDeliveries'] }));
  const shown = (list.data?.deliveries ?? []).filter((one) => one.dwelling.includes(dwelling));
  const gateName = (id: string) => gates.find((gate) => gate.value === id)?.label ?? id;

  const take = async (fields: Fields) => {
    setBusy(true);
    localStorage.setItem(lastGate, fields.gate);
    try {
      const done = await submit({ kind: 'delivery', who: fields.dwelling, gate: fields.gate, dwelling: fields.dwelling.split(' · ')[0]!, item: fields.item, carrier: fields.carrier ?? '', phone: fields.phone ?? '' });
      if (done) void message.success(t.taken);
      form.resetFields(['dwelling', 'item', 'phone']);
      form.getFieldInstance('dwelling')?.focus();
      await client.invalidateQueries({ queryKey: ['visits', 'listDeliveries'] });
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
    } finally {
      setBusy(false);
    }
  };
  const handOver = async (delivery: Delivery, to: string) => {
    try {
      const done = await submit({ kind: 'handOver', who: `${delivery.dwelling} ${delivery.item}`, delivery: delivery.id, to });
      if (done) void message.success(t.handed(to));
      await client.invalidateQueries({ queryKey: ['visits', 'listDeliveries'] });
    } catch (error) {
      void message.error(wordsOf(error, texts.common.offline));
    }
  };
  return (
    <Flex vertical gap={12}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>{t.deliveries}</Typography.Title>
      <Waiting count={waiting} />
      <div className="guard-two">
        <Card size="small" title={t.waitingDeliveries} extra={<Button onClick={() => setSearch((now) => { if (all) now.delete('all'); else now.set('all', 'yes'); return now; })}>{all ? t.onlyWaiting : t.allDeliveries}</Button>}>
          <Input.Search allowClear defaultValue={dwelling} placeholder={t.findDwelling} aria-label={t.findDwelling} onChange={(event) => setSearch((now) => { if (event.target.value) now.set('dwelling', event.target.value.trim()); else now.delete('dwelling'); return now; }, { replace: true })} style={{ marginBottom: 12 }} />
          {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
          {list.data && shown.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noDeliveries} />}
          {shown.map((one) => (
            <Flex key={one.id} gap={12} align="center" className="guard-delivery" data-delivery={one.id}>
              <Flex vertical style={{ flex: 1, minWidth: 0 }}>
                <Flex gap={8} align="baseline" wrap>
                  <Typography.Text strong style={{ fontSize: 20 }}>{one.dwelling}</Typography.Text>
                  <Typography.Text>{one.item}</Typography.Text>
                  {one.carrier && <Tag>{one.carrier}</Tag>}
                </Flex>
                <Typography.Text type="secondary">
                  {gateName(one.gate)} · {times.minute(one.arrived)}
                  {one.handed && ` · ${t.handedAt(one.handedTo, times.minute(one.handed))}`}
                </Typography.Text>
              </Flex>
              {!one.handed && <HandOver onDone={(to) => void handOver(one, to)} />}
            </Flex>
          ))}
        </Card>
        <Card size="small" title={t.take}>
          <Form<Fields> form={form} layout="vertical" requiredMark={false} className="guard-form" onFinish={(fields) => void take(fields)} initialValues={{ gate: localStorage.getItem(lastGate) ?? undefined }}>
            <Form.Item name="dwelling" label={t.dwelling} rules={[{ required: true, message: t.needed }]}><DwellingInput /></Form.Item>
            <Form.Item name="item" label={t.item} rules={[{ required: true, message: t.needed }]}><Input autoComplete="off" maxLength={100} placeholder={t.itemHint} /></Form.Item>
            <Form.Item name="gate" label={t.gate} rules={[{ required: true, message: t.needed }]}><Select options={gates} showSearch={{ optionFilterProp: 'label' }} /></Form.Item>
            <Flex gap={8}>
              <Form.Item name="carrier" label={t.carrier} style={{ flex: 1 }}><Input autoComplete="off" maxLength={40} /></Form.Item>
              <Form.Item name="phone" label={t.courierPhone} style={{ flex: 1 }}><Input inputMode="tel" autoComplete="off" maxLength={30} /></Form.Item>
            </Flex>
            <Button type="primary" size="large" block htmlType="submit" loading={busy}>{t.take}</Button>
          </Form>
        </Card>
      </div>
    </Flex>
  );
}

/** A dwelling, with those where somebody lives as suggestions. */
function DwellingInput({ id, value, onChange }: { id?: string; value?: string; onChange?: (value: string) => void }) {
  const query = useDeferredValue(value?.trim() ?? '');
  const found = useQuery({ queryKey: ['people', 'listPeople', 'host', query], queryFn: () => peopleApi.listPeople({ query, limit: 8 }), enabled: query.length > 0, gcTime: 30_000, retry: false });
  const t = useTexts().guard;
  const options = (found.data?.people ?? []).filter((person) => person.dwelling).map((person) => ({ value: `${person.dwelling} · ${person.name}` }));
  return <AutoComplete id={id} value={value} onChange={onChange} options={options}><Input autoComplete="off" maxLength={80} placeholder={t.dwellingHint} /></AutoComplete>;
}

/** Asks who fetches it. */
function HandOver({ onDone }: { onDone: (to: string) => void }) {
  const t = useTexts().guard;
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="left"
      destroyOnHidden
      content={
        <Form<{ to: string }> layout="vertical" requiredMark={false} onFinish={({ to }) => (setOpen(false), onDone(to))} style={{ width: 220 }}>
          <Form.Item name="to" label={t.fetchedBy} rules={[{ required: true, message: t.needed }]}><Input autoFocus autoComplete="off" maxLength={60} /></Form.Item>
          <Button type="primary" block htmlType="submit">{t.handOver}</Button>
        </Form>
      }
    >
      <Button size="large">{t.handOver}</Button>
    </Popover>
  );
}
