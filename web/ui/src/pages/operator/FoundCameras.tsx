import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Flex, Modal, Spin, Typography } from 'antd';

import { camerasApi } from '../../api/camera';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

/** The ONVIF cameras that answer in the local network. */
export function FoundCameras({ canAdd, onChoose, onClose }: { canAdd: boolean; onChoose: (source: string) => void; onClose: () => void }) {
  const t = useTexts().operator;
  const found = useQuery({ queryKey: ['cameras', 'discover'], queryFn: () => camerasApi.discoverCameras({}), gcTime: 0, retry: false });
  return (
    <Modal open title={t.find} footer={null} onCancel={onClose}>
      {found.isFetching && (
        <Spin description={t.looking}>
          <div style={{ minHeight: 120 }} />
        </Spin>
      )}
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && !found.isFetching && found.data.cameras.length === 0 && <Empty description={t.nobodyFound} />}
      {found.data?.cameras.map((camera) => (
        <Flex key={camera.service} justify="space-between" align="center" gap={8} style={{ paddingBlock: 8 }}>
          <div>
            <div>{camera.name || camera.hardware || camera.address}</div>
            <Typography.Text type="secondary">{[camera.address, camera.hardware].filter(Boolean).join(' · ')}</Typography.Text>
          </div>
          <Button disabled={!canAdd} onClick={() => onChoose(camera.source)}>
            {t.useIt}
          </Button>
        </Flex>
      ))}
    </Modal>
  );
}
