import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Empty, Flex, Popconfirm, Skeleton, Table, Tag, Typography } from 'antd';
import { useState } from 'react';

import { camerasApi } from '../../api/camera';
import type { CameraState } from '../../api/menshen/v1/camera_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { CameraForm, type CameraValues } from './CameraForm';
import { FoundCameras } from './FoundCameras';

const listKey = ['cameras', 'list'];

/** The cameras of the configuration file: add, try, change, remove, and start anew with them. */
export default function Cameras() {
  const texts = useTexts();
  const t = texts.operator;
  const client = useQueryClient();
  const { message } = App.useApp();
  const [open, setOpen] = useState<CameraValues>();
  const [finding, setFinding] = useState(false);
  const list = useQuery({ queryKey: listKey, queryFn: () => camerasApi.listCameras({}), refetchInterval: 5000 });
  const again = () => client.invalidateQueries({ queryKey: listKey });
  const remove = useMutation({ mutationFn: (id: string) => camerasApi.removeCamera({ id }), onSettled: again });
  const restart = useMutation({
    mutationFn: () => camerasApi.restart({}),
    onSuccess: () => void message.info(t.restarting, 10),
  });
  if (!list.data) return list.error ? <Problem error={list.error} onRetry={() => void list.refetch()} /> : <Skeleton active />;
  const { cameras, file, restartNeeded } = list.data;
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap={8}>
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t.cameras}
        </Typography.Title>
        <Flex gap={8} wrap>
          <Button onClick={() => setFinding(true)}>{t.find}</Button>
          <Button type="primary" disabled={!file} onClick={() => setOpen({ id: '', gate: '', source: '', direction: 'in', transport: 'tcp' })}>
            {t.addCamera}
          </Button>
        </Flex>
      </Flex>
      {!file && <Alert type="info" showIcon title={t.noFile} description={t.noFileHint} />}
      {file && restartNeeded && (
        <Alert
          type="warning"
          showIcon
          title={t.restartNeeded(file)}
          action={
            <Popconfirm title={t.restartAsk} okText={t.restart} onConfirm={() => restart.mutate()}>
              <Button loading={restart.isPending}>{t.restart}</Button>
            </Popconfirm>
          }
        />
      )}
      {restart.error && <Problem error={restart.error} />}
      {remove.error && <Problem error={remove.error} />}
      <Card styles={{ body: { padding: 0 } }}>
        <Table<CameraState>
          rowKey={(row) => row.settings?.id ?? ''}
          pagination={false}
          scroll={{ x: 'max-content' }}
          dataSource={cameras}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={file ? t.noCamerasYet : t.noFile} /> }}
          columns={[
            { title: t.camera, render: (_, row) => row.settings?.id },
            { title: t.gate, render: (_, row) => row.settings?.gate },
            { title: t.address, render: (_, row) => <Typography.Text code>{row.settings?.source}</Typography.Text> },
            {
              title: t.state,
              render: (_, row) =>
                row.running ? (
                  <>
                    <Tag color={row.ok ? 'success' : 'error'}>{row.ok ? t.cameraOk : t.cameraBad}</Tag> {row.message}
                  </>
                ) : (
                  <Tag color="warning">{t.notYet}</Tag>
                ),
            },
            {
              title: '',
              align: 'end',
              render: (_, row) => (
                <Flex gap={8} justify="end">
                  <Button onClick={() => setOpen(valuesOf(row))}>{t.tryOrChange}</Button>
                  <Popconfirm title={t.removeAsk(row.settings?.id ?? '')} okText={texts.common.remove} okButtonProps={{ danger: true }} onConfirm={() => remove.mutate(row.settings?.id ?? '')}>
                    <Button danger>{texts.common.remove}</Button>
                  </Popconfirm>
                </Flex>
              ),
            },
          ]}
        />
      </Card>
      {open && (
        <CameraForm
          first={open}
          onClose={() => {
            setOpen(undefined);
            void again();
          }}
        />
      )}
      {finding && (
        <FoundCameras
          canAdd={file !== ''}
          onChoose={(source) => {
            setFinding(false);
            setOpen({ id: '', gate: '', source, direction: 'in', transport: 'tcp' });
          }}
          onClose={() => setFinding(false)}
        />
      )}
    </Flex>
  );
}

function valuesOf({ settings }: CameraState): CameraValues {
  return {
    id: settings?.id ?? '',
    gate: settings?.gate ?? '',
    source: settings?.source ?? '',
    direction: settings?.direction || 'in',
    transport: settings?.transport || 'tcp',
    region: settings?.region.map(({ x, y }) => ({ x, y })),
    fixedId: true,
  };
}
