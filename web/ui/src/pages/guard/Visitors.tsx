import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { App, Button, Card, Empty, Flex, Form, Input, InputNumber, Modal, QRCode, Segmented, Tag, Typography } from 'antd';
import { useState } from 'react';

import { api } from '../../api/client';
import { useTexts } from '../../language';
import { Problem, wordsOf } from '../../parts/Problem';
import type { Entry } from './outbox';

type Submit = (entry: Entry) => Promise<{ link?: string; visit?: { person: string } } | undefined>;

/** Visitors of today, and what waits to be fetched. */
export function Visitors({ onNew }: { onNew: () => void }) {
  const texts = useTexts();
  const t = texts.guard;
  const { message } = App.useApp();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ['visits', 'listVisits'], queryFn: () => api.visits.listVisits({}), refetchInterval: 10_000 });
  const change = useMutation({
    mutationFn: async (what: { visit: string; confirm?: boolean }): Promise<unknown> =>
      what.confirm === undefined ? api.visits.endVisit({ visit: what.visit }) : api.visits.answerVisit({ visit: what.visit, confirm: what.confirm }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['visits'] }),
    onError: (error) => void message.error(wordsOf(error, texts.common.offline)),
  });
  const open = (list.data?.visits ?? []).filter((view) => ['asked', 'confirmed', 'inside'].includes(view.visit?.state ?? ''));
  return (
    <Card size="small" title={t.visits} extra={<Button type="primary" onClick={onNew}>{t.newVisit}</Button>}>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {!list.error && open.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.noVisits} />}
      {open.map((view) => {
        const visit = view.visit!;
        return (
          <Flex key={visit.id} vertical gap={4} style={{ marginBottom: 12 }}>
            <Flex gap={6} wrap>
              <Typography.Text strong>{view.visitorName}</Typography.Text>
              <span>→ {view.hostName} {view.dwelling}</span>
              <Tag>{t.visitStates[visit.state] ?? visit.state}</Tag>
              {visit.entered && visit.state === 'inside' && <span>{t.insideFor(Math.floor((Date.now() - timestampMs(visit.entered)) / 60_000))}</span>}
              {view.overdue && <Tag color="error">{t.overdue}</Tag>}
            </Flex>
            <Flex gap={6}>
              {visit.state === 'asked' && <Button onClick={() => change.mutate({ visit: visit.id, confirm: true })}>{t.confirmForHost}</Button>}
              {visit.state === 'asked' && <Button danger onClick={() => change.mutate({ visit: visit.id, confirm: false })}>{t.refuseForHost}</Button>}
              {visit.state !== 'asked' && <Button onClick={() => change.mutate({ visit: visit.id })}>{t.left}</Button>}
            </Flex>
          </Flex>
        );
      })}
    </Card>
  );
}

interface Fields {
  name: string;
  phone: string;
  host: string;
  reason: string;
  from?: string;
  plate?: string;
  celsius: number;
}

/** Asks, measures, registers. */
export function VisitForm({ gate, submit, onDone, onClose }: { gate: string; submit: Submit; onDone: (person: string) => void; onClose: () => void }) {
  const t = useTexts().guard;
  const [link, setLink] = useState<string>();
  const register = useMutation({
    mutationFn: (f: Fields) => submit({ kind: 'visit', name: f.name, phone: f.phone, host: f.host, reason: f.reason, from: f.from ?? '', plate: f.plate ?? '', celsius: f.celsius, gate }),
    onSuccess: (done) => {
      if (done?.visit) onDone(done.visit.person);
      if (done?.link) setLink(done.link);
      else onClose();
    },
  });
  return (
    <Modal open title={link ? t.registered : t.newVisit} footer={null} onCancel={onClose} width={560}>
      {link ? (
        <Flex vertical align="center" gap={12}>
          <Typography.Text style={{ fontSize: 18 }}>{t.hostLink}</Typography.Text>
          <QRCode value={link} size={280} />
          <Typography.Text copyable={{ text: link, tooltips: [t.copy, t.copied] }}>{link}</Typography.Text>
        </Flex>
      ) : (
        <Form<Fields> layout="vertical" onFinish={(fields) => register.mutate(fields)} initialValues={{ reason: t.purposes[0] }} requiredMark={false}>
          <Flex gap={8}>
            <Form.Item name="name" label={t.visitor} rules={[{ required: true }]} style={{ flex: 1 }}><Input autoFocus autoComplete="off" maxLength={60} /></Form.Item>
            <Form.Item name="phone" label={t.phone} rules={[{ required: true }]} style={{ flex: 1 }}><Input inputMode="tel" autoComplete="off" maxLength={30} /></Form.Item>
          </Flex>
          <Form.Item name="host" label={t.host} rules={[{ required: true }]}><Input autoComplete="off" maxLength={60} /></Form.Item>
          <Form.Item name="reason" label={t.purpose}><Segmented options={t.purposes} block /></Form.Item>
          <Flex gap={8}>
            <Form.Item name="celsius" label={t.celsius} rules={[{ required: true }]}><InputNumber min={30} max={45} step={0.1} inputMode="decimal" /></Form.Item>
            <Form.Item name="plate" label={t.plate} style={{ flex: 1 }}><Input autoComplete="off" maxLength={20} /></Form.Item>
            <Form.Item name="from" label={t.from} style={{ flex: 1 }}><Input autoComplete="off" maxLength={60} /></Form.Item>
          </Flex>
          {register.error && <Problem error={register.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={register.isPending} style={{ marginTop: 8 }}>{t.register}</Button>
        </Form>
      )}
    </Modal>
  );
}
