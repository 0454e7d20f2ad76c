import { IdcardOutlined, UserOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Avatar, Flex, Typography } from 'antd';
import { useEffect, useState } from 'react';

import { consoleApi } from '../../api/console';
import type { Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';

/** The picture that was taken at the gate; it is gone some minutes later. A large one says why there is none. */
export function Face({ pass, size, why }: { pass: Pass; size: number; why?: boolean }) {
  const t = useTexts().guard;
  const seen = pass.track !== '';
  const face = useQuery({
    queryKey: ['console', 'getFace', pass.gate, pass.camera, pass.track],
    queryFn: () => consoleApi.getFace({ gate: pass.gate, camera: pass.camera, track: pass.track }),
    enabled: seen,
    staleTime: 30_000,
    gcTime: 30_000,
    retry: false,
  });
  const address = usePicture(face.data?.jpeg, 'image/jpeg');
  if (address) return <img src={address} alt={t.face} width={size} height={size} style={{ objectFit: 'cover', borderRadius: 8, flex: 'none' }} />;
  const reason = seen ? (t.absences[face.data?.absence ?? ''] ?? t.noFace) : t.noCamera;
  return (
    <Flex vertical gap={4} style={{ width: size, flex: 'none' }}>
      <span role="img" aria-label={reason} title={reason}>
        <Avatar shape="square" size={size} icon={seen ? <UserOutlined /> : <IdcardOutlined />} />
      </span>
      {why && !face.isPending && <Typography.Text type="secondary" style={{ fontSize: 12 }} aria-hidden>{reason}</Typography.Text>}
      {why && !seen && <Typography.Text type="secondary" style={{ fontSize: 12 }} aria-hidden>{reason}</Typography.Text>}
    </Flex>
  );
}

/** The address of a picture in memory, as long as it is shown. */
export function usePicture(data: Uint8Array | undefined, type: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!data?.length) return setAddress(undefined);
    const made = URL.createObjectURL(new Blob([new Uint8Array(data)], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data, type]);
  return address;
}
