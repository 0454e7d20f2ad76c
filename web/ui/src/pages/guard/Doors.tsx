import { MoreOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Dropdown, Flex, Tag, Typography } from 'antd';

import { siteApi } from '../../api/core';
import { gatesApi } from '../../api/gate';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem, wordsOf } from '../../parts/Problem';

/** How the doors are: an alarm first, those without a door last. */
const order = ['alarm', 'held', 'open', 'locked', 'closed', 'unknown'];

/** Conditions that a guard must know of though nothing stands still; the others are the operator's. */
const ofGates = /^(camera|door|gate|post|recognizer)/;

/** Doors and cameras, and what is wrong with them. */
export function Doors({ gates }: { gates: string[] }) {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ['gates', 'listGates'], queryFn: () => gatesApi.listGates({}), refetchInterval: 5000 });
  const status = useQuery({ queryKey: ['site', 'getStatus'], queryFn: () => siteApi.getStatus({}), refetchInterval: 5000 });
  const command = useMutation({
    mutationFn: (what: { gates: string[]; action: string }) => gatesApi.commandDoors(what),
    onSuccess: (done) => {
      for (const door of done.doors) if (!door.confirmed) void message.error(t.doorFailed(nameOf(door.gate), inLanguage(door.message, language)));
      if (done.doors.every((door) => door.confirmed)) void message.success(t.doorDone);
      void client.invalidateQueries({ queryKey: ['gates', 'listGates'] });
    },
    onError: (error) => void message.error(wordsOf(error, texts.common.offline)),
  });
  const ask = (action: string, word: string, gate: string, name: string, hint: string) =>
    modal.confirm({ title: t.sure(word, name), content: hint, okText: word, onOk: () => command.mutateAsync({ gates: [gate], action }).catch(() => undefined) });
  const all = list.data?.gates ?? [];
  const nameOf = (id: string) => inLanguage(all.find((view) => view.gate?.id === id)?.gate?.name, language) || id;
  const shown = all
    .filter((view) => gates.length === 0 || gates.includes(view.gate?.id ?? ''))
    .sort((a, b) => order.indexOf(a.door) - order.indexOf(b.door));
  return (
    <Flex vertical gap={12}>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {status.data?.conditions.filter((condition) => condition.severity === 'critical' || ofGates.test(condition.id)).map((condition) => (
        <Alert key={condition.id} type={condition.severity === 'critical' ? 'error' : 'warning'} showIcon style={{ fontSize: 14 }} title={inLanguage(condition.meaning, language)} description={inLanguage(condition.action, language)} />
      ))}
      {shown.map((view) => {
        const id = view.gate!.id;
        const name = inLanguage(view.gate!.name, language) || id;
        const cameras = status.data?.cameras.filter((camera) => camera.gate === id) ?? [];
        return (
          <Flex key={id} gap={8} align="center" data-gate={id}>
            <Flex gap={6} wrap align="center" style={{ flex: 1, minWidth: 0 }}>
              <Typography.Text strong>{name}</Typography.Text>
              <Tag color={{ alarm: 'error', held: 'warning', locked: 'warning', open: 'processing' }[view.door]}>{t.doorStates[view.door] ?? t.doorStates.unknown}</Tag>
              {cameras.map((camera) => (
                <Tag key={camera.id} color={camera.ok ? 'success' : 'error'}>{t.cameraState(camera.id, camera.ok)}{!camera.ok && camera.message ? `：${camera.message}` : ''}</Tag>
              ))}
            </Flex>
            <Button onClick={() => command.mutate({ gates: [id], action: 'open' })} aria-label={`${t.open}：${name}`}>{t.open}</Button>
            <Dropdown
              trigger={['click']}
              menu={{
                items: [
                  { key: 'hold', label: t.hold, onClick: () => ask('hold', t.hold, id, name, t.holdHint) },
                  { key: 'lock', label: t.lock, danger: true, onClick: () => ask('lock', t.lock, id, name, t.lockHint) },
                  { key: 'normal', label: t.normal, onClick: () => command.mutate({ gates: [id], action: 'normal' }) },
                ],
              }}
            >
              <Button icon={<MoreOutlined />} aria-label={t.more(name)} />
            </Dropdown>
          </Flex>
        );
      })}
      <Button danger type="primary" block size="large" className="guard-emergency" onClick={() => modal.confirm({ title: t.emergency, content: t.sureEmergency, okText: t.emergencyDo, okButtonProps: { danger: true }, onOk: () => command.mutateAsync({ gates: [], action: 'emergency' }).catch(() => undefined) })}>
        {t.emergency}
      </Button>
    </Flex>
  );
}
