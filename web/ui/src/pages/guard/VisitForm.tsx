import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AutoComplete, Button, Drawer, Flex, Form, Grid, Input, InputNumber, QRCode, Radio, Typography } from 'antd';
import { useDeferredValue, useState } from 'react';

import { peopleApi } from '../../api/core';
import { visitsApi } from '../../api/visit';
import type { Visit } from '../../api/menshen/v1/visit_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import type { Submit } from './outbox';
import { VisitCode } from './VisitCode';

interface Fields {
  name: string;
  phone: string;
  host: string;
  reason: string;
  from?: string;
  plate?: string;
  celsius: number;
}

interface Props {
  gate: string;
  fever?: number;
  submit: Submit;
  onDone: (visitor: Visit, name: string) => void;
  onFever: (name: string, celsius: number) => void;
  onClose: () => void;
}

/** Asks, measures, registers. What is done shows the link for the host, or the visitor's code once the host has agreed. */
export function VisitForm({ gate, fever, submit, onDone, onFever, onClose }: Props) {
  const t = useTexts().guard;
  const client = useQueryClient();
  const wide = Grid.useBreakpoint().md ?? true;
  const [done, setDone] = useState<{ visit: Visit; link: string }>();
  const register = useMutation({
    mutationFn: (f: Fields) => submit({ kind: 'visit', who: f.name, name: f.name, phone: f.phone, host: f.host.split(' · ')[0]!, reason: f.reason, from: f.from ?? '', plate: f.plate ?? '', celsius: f.celsius, gate }),
    onSuccess: (sent, f) => {
      if (sent?.visit) onDone(sent.visit, f.name);
      else if (fever !== undefined && f.celsius >= fever) onFever(f.name, f.celsius);
      if (sent?.visit && sent.link) setDone({ visit: sent.visit, link: sent.link });
      else onClose();
    },
    onError: (error, f) => {
      if (error instanceof ConnectError && error.code === Code.PermissionDenied && fever !== undefined && f.celsius >= fever) onFever(f.name, f.celsius);
    },
  });
  const agree = useMutation({
    mutationFn: () => visitsApi.answerVisit({ visit: done!.visit.id, confirm: true }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['visits'] }),
  });
  return (
    <Drawer open title={done ? t.registered : t.newVisit} onClose={onClose} placement={wide ? 'right' : 'bottom'} size={wide ? 520 : 760}>
      {agree.data?.code ? (
        <VisitCode code={agree.data.code} />
      ) : done ? (
        <Flex vertical align="center" gap={12}>
          <Typography.Text style={{ fontSize: 18 }}>{t.hostLink}</Typography.Text>
          <div role="img" aria-label={t.hostLink} className="guard-qr"><span aria-hidden><QRCode value={done.link} size={260} color="#000" bgColor="#fff" /></span></div>
          <Typography.Text copyable={{ text: done.link, tooltips: [t.copy, t.copied] }} style={{ wordBreak: 'break-all' }}>{done.link}</Typography.Text>
          {agree.error && <Problem error={agree.error} />}
          <Button size="large" block loading={agree.isPending} onClick={() => agree.mutate()}>{t.hostTelephoned}</Button>
          <Button size="large" block type="primary" onClick={onClose}>{t.finished}</Button>
        </Flex>
      ) : (
        <Form<Fields> layout="vertical" onFinish={(fields) => register.mutate(fields)} initialValues={{ reason: t.purposes[0] }} requiredMark={false} className="guard-form">
          <Flex gap={8}>
            <Form.Item name="name" label={t.visitor} rules={[{ required: true, message: t.needed }]} style={{ flex: 1 }}><Input autoFocus autoComplete="off" maxLength={60} /></Form.Item>
            <Form.Item name="phone" label={t.phone} rules={[{ required: true, message: t.needed }]} style={{ flex: 1 }}><Input inputMode="tel" autoComplete="off" maxLength={30} /></Form.Item>
          </Flex>
          <Form.Item name="host" label={t.host} rules={[{ required: true, message: t.needed }]}><Host /></Form.Item>
          <Form.Item name="celsius" label={t.celsius} rules={[{ required: true, message: t.needed }]}><InputNumber min={30} max={45} step={0.1} precision={1} inputMode="decimal" style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="reason" label={t.purpose}>
            <Radio.Group optionType="button" buttonStyle="solid" options={t.purposes.map((purpose) => ({ value: purpose, label: purpose }))} />
          </Form.Item>
          <Flex gap={8}>
            <Form.Item name="plate" label={t.plate} style={{ flex: 1 }}><Input autoComplete="off" maxLength={20} /></Form.Item>
            <Form.Item name="from" label={t.from} style={{ flex: 1 }}><Input autoComplete="off" maxLength={60} /></Form.Item>
          </Flex>
          {register.error && <Problem error={register.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={register.isPending} style={{ marginTop: 8 }}>{t.register}</Button>
        </Form>
      )}
    </Drawer>
  );
}

/** Whom somebody visits: a dwelling or a name, with those who live here as suggestions. */
function Host({ id, value, onChange }: { id?: string; value?: string; onChange?: (value: string) => void }) {
  const query = useDeferredValue(value?.trim() ?? '');
  const found = useQuery({
    queryKey: ['people', 'listPeople', 'host', query],
    queryFn: () => peopleApi.listPeople({ query, limit: 8 }),
    enabled: query.length > 0,
    gcTime: 30_000,
    retry: false,
  });
  const options = (found.data?.people ?? []).filter((person) => person.dwelling).map((person) => ({ value: `${person.dwelling} · ${person.name}` }));
  return <AutoComplete id={id} value={value} onChange={onChange} options={options}><Input autoComplete="off" maxLength={80} /></AutoComplete>;
}
