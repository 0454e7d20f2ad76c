import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Flex, Form, Input, Modal, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';

import { permitsApi } from '../../../api/permit';
import type { PermitView } from '../../../api/menshen/v1/permit_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useSite } from '../../../parts/site';
import { lastDayOnPicker, untilEndOf } from './days';

/** What can be done with one permit. */
export function PermitActions({ of: view, onPrint }: { of: PermitView; onPrint: (id: string) => void }) {
  const texts = useTexts();
  const t = texts.care;
  const [doing, setDoing] = useState<'renew' | 'revoke'>();
  const permit = view.permit!;
  const good = view.status === 'valid' || view.status === 'not_yet';
  const renewable = view.status !== 'revoked' && permit.kind !== 'visitor';
  return (
    <Flex gap={4}>
      {good && (
        <Button size="small" onClick={() => onPrint(permit.id)} aria-label={`${texts.common.print}: ${view.name}`}>
          {texts.common.print}
        </Button>
      )}
      {renewable && (
        <Button size="small" onClick={() => setDoing('renew')} aria-label={t.renewOf(view.name)}>
          {t.renew}
        </Button>
      )}
      {good && (
        <Button size="small" danger onClick={() => setDoing('revoke')} aria-label={t.revokeOf(view.name)}>
          {t.revoke}
        </Button>
      )}
      {doing === 'renew' && <Renew of={view} onClose={() => setDoing(undefined)} />}
      {doing === 'revoke' && <Revoke permits={[view]} onClose={() => setDoing(undefined)} />}
    </Flex>
  );
}

function Renew({ of: view, onClose }: { of: PermitView; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.care;
  const { clock } = useSite();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ to?: Dayjs | null }>();
  const last = lastDayOnPicker(clock, view.permit?.to);
  const renew = useMutation({
    mutationFn: ({ to }: { to?: Dayjs | null }) => permitsApi.renewPermit({ permit: view.permit!.id, to: untilEndOf(clock, to) }),
    onSuccess: () => {
      void message.success(t.renewed);
      void client.invalidateQueries({ queryKey: ['PermitService'] });
      onClose();
    },
  });
  return (
    <Modal open title={t.renewOf(view.name)} onCancel={onClose} onOk={form.submit} okText={t.renew} okButtonProps={{ loading: renew.isPending }} cancelText={texts.common.cancel}>
      <Typography.Paragraph type="secondary">{t.renewHint}</Typography.Paragraph>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ to: last && (last.isBefore(dayjs(clock.today())) ? dayjs(clock.today()) : last).add(1, 'month') }} onFinish={(fields) => renew.mutate(fields)}>
        <Form.Item name="to" label={t.to} extra={t.toHint} rules={[{ required: view.permit?.kind === 'temporary', message: t.toNeeded }]}>
          <DatePicker disabledDate={(day) => day.format('YYYY-MM-DD') < clock.today()} />
        </Form.Item>
      </Form>
      {renew.error && <Problem error={renew.error} />}
    </Modal>
  );
}

/** Revokes permits, with the reason that is kept. */
export function Revoke({ permits, onClose }: { permits: PermitView[]; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.care;
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ reason: string }>();
  const [left, setLeft] = useState(permits);
  const revoke = useMutation({
    // One after the other: where one is refused, the form stays with those that are left.
    mutationFn: async ({ reason }: { reason: string }) => {
      for (const view of left) {
        await permitsApi.revokePermit({ permit: view.permit!.id, reason });
        setLeft((views) => views.filter((other) => other !== view));
      }
    },
    onSuccess: () => {
      void message.success(t.revoked);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['PermitService'] }),
  });
  return (
    <Modal
      open
      title={permits.length === 1 ? t.revokeOf(permits[0]!.name) : t.revokeSome(left.length)}
      onCancel={onClose}
      onOk={form.submit}
      okText={t.revoke}
      okButtonProps={{ danger: true, loading: revoke.isPending }}
      cancelText={texts.common.cancel}
    >
      <Typography.Paragraph type="secondary">{t.revokeHint}</Typography.Paragraph>
      {permits.length > 1 && <Typography.Paragraph>{left.slice(0, 12).map((view) => view.name).join('、') + (left.length > 12 ? ` … (${left.length})` : '')}</Typography.Paragraph>}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => revoke.mutate(fields)}>
        <Form.Item name="reason" label={t.reason} rules={[{ required: true, whitespace: true, message: t.reasonNeeded }]}>
          <Input autoFocus maxLength={500} />
        </Form.Item>
      </Form>
      {revoke.error && <Problem error={revoke.error} />}
    </Modal>
  );
}
