import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Empty, Flex, Form, Input, Modal, Popconfirm, QRCode, Select, Switch, Table, Tabs, Tag, Typography } from 'antd';
import { useState } from 'react';

import { visitsApi } from '../../../api/visit';
import type { Delivery, VisitView } from '../../../api/menshen/v1/visit_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useAddress } from '../../../parts/address';
import { useSite } from '../../../parts/site';
import { useGates } from './useGates';

/** Visitors and deliveries, as the office looks after them. Guards register visitors at the gates. */
export default function Visits() {
  const t = useTexts().care;
  const [tab, setTab] = useAddress('tab', 'visits');
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.visits}
      </Typography.Title>
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'visits', label: t.visitsTab, children: <VisitTable /> },
          { key: 'deliveries', label: t.deliveriesTab, children: <DeliveryTable /> },
        ]}
      />
    </Flex>
  );
}

const visitColours: Record<string, string> = { asked: 'warning', confirmed: 'processing', refused: 'error', inside: 'success', left: 'default' };

function VisitTable() {
  const texts = useTexts();
  const t = texts.care;
  const { clock } = useSite();
  const client = useQueryClient();
  const [state, setState] = useAddress('state');
  const [overdue, setOverdue] = useAddress('overdue');
  const [code, setCode] = useState<{ name: string; text: string }>();
  const asked = { state, overdue: overdue === 'yes' };
  const list = useQuery({ queryKey: ['visits', 'office', asked], queryFn: () => visitsApi.listVisits(asked), refetchInterval: 30_000 });
  const change = useMutation({
    mutationFn: async ({ view, confirm }: { view: VisitView; confirm?: boolean }) => {
      if (confirm === undefined) return void (await visitsApi.endVisit({ visit: view.visit!.id }));
      const answer = await visitsApi.answerVisit({ visit: view.visit!.id, confirm });
      if (answer.code) setCode({ name: view.visitorName, text: answer.code });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['visits'] }),
  });
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap align="center">
        <Select allowClear value={state || undefined} onChange={(value) => setState(value ?? '')} placeholder={t.state} aria-label={t.state} style={{ minWidth: 160 }} options={Object.entries(t.visitStates).map(([value, label]) => ({ value, label }))} />
        <Flex gap={6} align="center">
          <Switch checked={overdue === 'yes'} aria-label={t.onlyOverdue} onChange={(on) => setOverdue(on ? 'yes' : '')} />
          {t.onlyOverdue}
        </Flex>
      </Flex>
      {(list.error || change.error) && <Problem error={list.error ?? change.error} onRetry={list.error ? () => void list.refetch() : undefined} />}
      <Table<VisitView>
        size="middle"
        rowKey={(view) => view.visit!.id}
        loading={list.isPending}
        dataSource={list.data?.visits}
        scroll={{ x: 'max-content' }}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: <Empty description={t.noVisits} /> }}
        columns={[
          { title: t.visitor, render: (_, view) => [view.visitorName, view.visit!.plate].filter(Boolean).join(' · ') },
          { title: t.host, render: (_, view) => `${view.hostName} ${view.dwelling}` },
          { title: t.reason, render: (_, view) => view.visit!.reason },
          {
            title: t.state,
            render: (_, view) => (
              <>
                <Tag color={visitColours[view.visit!.state]}>{t.visitStates[view.visit!.state] ?? view.visit!.state}</Tag>
                {view.overdue && <Tag color="error">{t.overdue}</Tag>}
              </>
            ),
          },
          { title: t.visitTime, render: (_, view) => `${clock.minute(view.visit!.entered ?? view.visit!.from)} – ${clock.minute(view.visit!.left ?? view.visit!.to)}` },
          {
            title: '',
            key: 'actions',
            render: (_, view) => (
              <Flex gap={4}>
                {view.visit!.state === 'asked' && (
                  <>
                    <Popconfirm title={`${t.confirmVisit}: ${view.visitorName}?`} onConfirm={() => change.mutate({ view, confirm: true })}>
                      <Button size="small">{t.confirmVisit}</Button>
                    </Popconfirm>
                    <Popconfirm title={`${t.refuseVisit}: ${view.visitorName}?`} onConfirm={() => change.mutate({ view, confirm: false })}>
                      <Button size="small" danger>
                        {t.refuseVisit}
                      </Button>
                    </Popconfirm>
                  </>
                )}
                {(view.visit!.state === 'inside' || view.visit!.state === 'confirmed') && (
                  <Popconfirm title={`${t.endVisit}: ${view.visitorName}?`} onConfirm={() => change.mutate({ view })}>
                    <Button size="small">{t.endVisit}</Button>
                  </Popconfirm>
                )}
              </Flex>
            ),
          },
        ]}
      />
      {code && (
        <Modal open title={t.codeFor(code.name)} footer={null} onCancel={() => setCode(undefined)}>
          <Flex vertical align="center" gap={12}>
            <QRCode aria-label={t.codeFor(code.name)} value={code.text} size={280} color="#000000" bgColor="#ffffff" />
            <Typography.Text>{t.codeHint}</Typography.Text>
          </Flex>
        </Modal>
      )}
    </Flex>
  );
}

function DeliveryTable() {
  const texts = useTexts();
  const t = texts.care;
  const { clock, gate } = useSite();
  const { options } = useGates();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [waiting, setWaiting] = useAddress('waiting', 'yes');
  const [handing, setHanding] = useState<Delivery>();
  const [taking, setTaking] = useState(false);
  const [form] = Form.useForm();
  const [hand] = Form.useForm<{ to: string }>();
  const asked = { waiting: waiting === 'yes', limit: 1000 };
  const list = useQuery({ queryKey: ['visits', 'deliveries', asked], queryFn: () => visitsApi.listDeliveries(asked), refetchInterval: 30_000 });
  const done = () => {
    void message.success(t.kept);
    void client.invalidateQueries({ queryKey: ['visits', 'deliveries'] });
    setHanding(undefined);
    setTaking(false);
    form.resetFields();
    hand.resetFields();
  };
  const handOver = useMutation({ mutationFn: ({ to }: { to: string }) => visitsApi.handOver({ delivery: handing!.id, to }), onSuccess: done });
  const take = useMutation({ mutationFn: (fields: { gate: string; dwelling: string; item: string; carrier?: string; phone?: string }) => visitsApi.takeDelivery(fields), onSuccess: done });
  const needed = [{ required: true, whitespace: true, message: t.mustAnswer }];
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} wrap align="center" justify="space-between">
        <Flex gap={6} align="center">
          <Switch checked={waiting === 'yes'} aria-label={t.onlyWaiting} onChange={(on) => setWaiting(on ? 'yes' : 'no')} />
          {t.onlyWaiting}
        </Flex>
        <Button type="primary" onClick={() => setTaking(true)}>
          {t.takeDelivery}
        </Button>
      </Flex>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      <Table<Delivery>
        size="middle"
        rowKey="id"
        loading={list.isPending}
        dataSource={list.data?.deliveries}
        scroll={{ x: 'max-content' }}
        pagination={{ defaultPageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: <Empty description={t.noDeliveries} /> }}
        columns={[
          { title: t.dwelling, dataIndex: 'dwelling' },
          { title: t.item, dataIndex: 'item' },
          { title: t.carrier, dataIndex: 'carrier' },
          { title: t.gate, render: (_, one) => gate(one.gate) },
          { title: t.arrived, render: (_, one) => clock.minute(one.arrived) },
          { title: t.state, render: (_, one) => (one.handed ? t.handedTo(one.handedTo, clock.minute(one.handed)) : <Tag color="warning">{t.waiting}</Tag>) },
          { title: '', key: 'actions', render: (_, one) => !one.handed && <Button size="small" onClick={() => setHanding(one)}>{t.handOver}</Button> },
        ]}
      />
      {handing && (
        <Modal open title={`${t.handOver}: ${handing.dwelling} ${handing.item}`} onCancel={() => setHanding(undefined)} onOk={hand.submit} okText={t.handOver} okButtonProps={{ loading: handOver.isPending }} cancelText={texts.common.cancel}>
          <Form form={hand} layout="vertical" requiredMark={false} onFinish={(fields) => handOver.mutate(fields)}>
            <Form.Item name="to" label={t.handTo} rules={needed}>
              <Input autoFocus maxLength={100} />
            </Form.Item>
          </Form>
          {handOver.error && <Problem error={handOver.error} />}
        </Modal>
      )}
      {taking && (
        <Modal open title={t.takeDelivery} onCancel={() => setTaking(false)} onOk={form.submit} okText={texts.common.save} okButtonProps={{ loading: take.isPending }} cancelText={texts.common.cancel}>
          <Form form={form} layout="vertical" requiredMark={false} initialValues={{ gate: options[0]?.value }} onFinish={(fields) => take.mutate(fields)}>
            <Form.Item name="dwelling" label={t.dwelling} rules={needed}>
              <Input placeholder="3-2-14-1402" maxLength={60} />
            </Form.Item>
            <Form.Item name="item" label={t.item} rules={needed}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="gate" label={t.gate} rules={needed}>
              <Select options={options} />
            </Form.Item>
            <Form.Item name="carrier" label={t.carrier}>
              <Input maxLength={100} />
            </Form.Item>
            <Form.Item name="phone" label={t.phone}>
              <Input inputMode="tel" maxLength={30} />
            </Form.Item>
          </Form>
          {take.error && <Problem error={take.error} />}
        </Modal>
      )}
    </Flex>
  );
}
