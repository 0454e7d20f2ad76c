import { useQuery } from '@tanstack/react-query';
import { UserOutlined } from '@ant-design/icons';
import { Avatar } from 'antd';
import { useEffect, useState } from 'react';

import { api } from '../../api/client';
import type { Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';

/** The picture that was taken at the gate; it is gone some minutes later. */
export function Face({ pass, size }: { pass: Pass; size: number }) {
  const t = useTexts().guard;
  const face = useQuery({
    queryKey: ['console', 'getFace', pass.gate, pass.camera, pass.track],
    queryFn: () => api.console.getFace({ gate: pass.gate, camera: pass.camera, track: pass.track }),
    enabled: pass.track !== '',
    gcTime: 60_000,
    retry: false,
  });
  const jpeg = face.data?.jpeg;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!jpeg?.length) return setAddress(undefined);
    const made = URL.createObjectURL(new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [jpeg]);
  if (!address) return <span role="img" aria-label={t.noFace}><Avatar shape="square" size={size} icon={<UserOutlined />} /></span>;
  return <img src={address} alt={t.face} width={size} height={size} style={{ objectFit: 'cover', borderRadius: 8 }} />;
}
