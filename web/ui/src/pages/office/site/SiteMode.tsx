import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Input, Segmented, Typography } from 'antd';
import { useRef } from 'react';

import { gatesApi } from '../../../api/gate';
import { useTexts } from '../../../language';
import { wordsOf } from '../../../parts/Problem';

const modes = ['normal', 'closed', 'lock-down'];

/** How the whole site is run, and the doors in an emergency. Both are asked for twice. */
export function SiteMode({ mode, name }: { mode: string; name: (gate: string) => string }) {
  const texts = useTexts();
  const t = texts.sitePlan;
  const { modal, notification, message } = App.useApp();
  const client = useQueryClient();
  const reason = useRef('');
  const failed = (error: unknown) => void notification.error({ placement: 'bottomRight', title: texts.common.failed, description: wordsOf(error, texts.common.offline) });
  const set = useMutation({
    mutationFn: (to: string) => gatesApi.setMode({ mode: to, reason: reason.current }),
    onSuccess: (_, to) => void message.success(t.modeSet(t.modes[to] ?? to)),
    onError: failed,
    onSettled: () => client.invalidateQueries({ queryKey: ['gates', 'listGates'] }),
  });
  const open = useMutation({
    mutationFn: () => gatesApi.commandDoors({ gates: [], action: 'emergency', reason: reason.current }),
    onSuccess: ({ doors }) => {
      const missing = doors.filter((door) => !door.confirmed).map((door) => name(door.gate));
      if (missing.length > 0) notification.error({ placement: 'bottomRight', title: t.emergencyDone(doors.length - missing.length), description: t.emergencyFailed(missing.join('、')), duration: 0 });
      else notification.success({ placement: 'bottomRight', title: t.emergencyDone(doors.length) });
    },
    onError: failed,
    onSettled: () => client.invalidateQueries({ queryKey: ['gates', 'listGates'] }),
  });
  const ask = (title: string, hint: string | undefined, go: () => Promise<unknown>) => {
    reason.current = '';
    modal.confirm({
      title,
      content: (
        <>
          <p>{hint}</p>
          <Input aria-label={t.why} placeholder={t.why} maxLength={500} onChange={(event) => (reason.current = event.target.value)} />
        </>
      ),
      okButtonProps: { danger: true },
      onOk: () => go().catch(() => undefined),
    });
  };
  return (
    <Flex gap={12} align="center" wrap>
      <Typography.Text>{t.mode}</Typography.Text>
      <Segmented
        aria-label={t.mode}
        name="mode"
        value={mode}
        onChange={(to) => ask(t.modeAsk(t.modes[to] ?? to), t.modeHints[to], () => set.mutateAsync(to))}
        options={modes.map((value) => ({ value, label: t.modes[value], title: t.modeHints[value] }))}
      />
      <Typography.Text type="secondary">{t.modeHints[mode]}</Typography.Text>
      <Button danger loading={open.isPending} style={{ marginInlineStart: 'auto' }} onClick={() => ask(t.emergencyAsk, t.emergencyHint, () => open.mutateAsync())}>
        {t.emergency}
      </Button>
    </Flex>
  );
}
