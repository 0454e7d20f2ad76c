import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Flex, Tag, Typography } from 'antd';

import { api } from '../../api/client';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem, wordsOf } from '../../parts/Problem';

/** Doors and cameras, and who is inside, by number. */
export function Doors({ gates }: { gates: string[] }) {
  const texts = useTexts();
  const t = texts.guard;
  const { language } = useLanguage();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const list = useQuery({ queryKey: ['gates', 'listGates'], queryFn: () => api.gates.listGates({}), refetchInterval: 5000 });
  const status = useQuery({ queryKey: ['site', 'getStatus'], queryFn: () => api.site.getStatus({}), refetchInterval: 5000 });
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => api.site.getSite({}), staleTime: 300_000 });
  const zones = useQuery({ queryKey: ['gates', 'getOccupancy'], queryFn: () => api.gates.getOccupancy({}), refetchInterval: 10_000 });
  const command = useMutation({
    mutationFn: (what: { gates: string[]; action: string }) => api.gates.commandDoors(what),
    onSuccess: (done) => {
      for (const door of done.doors) if (!door.confirmed) void message.error(t.doorFailed(door.gate, inLanguage(door.message, language)));
      if (done.doors.every((door) => door.confirmed)) void message.success(t.doorDone);
      void client.invalidateQueries({ queryKey: ['gates', 'listGates'] });
    },
    onError: (error) => void message.error(wordsOf(error, texts.common.offline)),
  });
  const ask = (action: string, word: string, gate: string, name: string) =>
    modal.confirm({ title: t.sure(word, name), onOk: () => command.mutateAsync({ gates: [gate], action }).catch(() => undefined) });
  const shown = (list.data?.gates ?? []).filter((view) => gates.length === 0 || gates.includes(view.gate?.id ?? ''));
  const zoneName = (id: string) => inLanguage(site.data?.site?.zones.find((zone) => zone.id === id)?.name, language) || id;
  return (
    <Card size="small" title={t.doors}>
      {list.error && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {shown.map((view) => {
        const id = view.gate!.id;
        const name = inLanguage(view.gate!.name, language) || id;
        const cameras = status.data?.cameras.filter((camera) => camera.gate === id) ?? [];
        return (
          <Flex key={id} vertical gap={6} style={{ marginBottom: 12 }}>
            <Flex gap={6} wrap align="center">
              <Typography.Text strong>{name}</Typography.Text>
              <Tag color={view.door === 'alarm' ? 'error' : undefined}>{t.doorStates[view.door] ?? t.doorStates.unknown}</Tag>
              {cameras.map((camera) => (
                <Tag key={camera.id} color={camera.ok ? 'success' : 'error'} title={camera.message}>
                  {camera.id} {camera.ok ? t.cameraOk : t.cameraBad}
                </Tag>
              ))}
            </Flex>
            <Flex gap={6} wrap>
              <Button onClick={() => ask('open', t.open, id, name)}>{t.open}</Button>
              <Button onClick={() => ask('hold', t.hold, id, name)}>{t.hold}</Button>
              <Button onClick={() => ask('lock', t.lock, id, name)}>{t.lock}</Button>
              <Button onClick={() => ask('normal', t.normal, id, name)}>{t.normal}</Button>
            </Flex>
          </Flex>
        );
      })}
      <Button danger type="primary" block size="large" onClick={() => modal.confirm({ title: t.emergency, content: t.sureEmergency, okButtonProps: { danger: true }, onOk: () => command.mutateAsync({ gates: [], action: 'emergency' }).catch(() => undefined) })}>
        {t.emergency}
      </Button>
      <Typography.Title level={5}>{t.inside}</Typography.Title>
      {zones.data?.zones.filter((zone) => zone.zone !== 'outside' && zone.people > 0).slice(0, 12).map((zone) => (
        <Flex key={zone.zone} justify="space-between">
          <span>{zoneName(zone.zone)}</span>
          <span>{t.people(zone.people)}{zone.capacity > 0 && ` / ${zone.capacity}`}</span>
        </Flex>
      ))}
    </Card>
  );
}
