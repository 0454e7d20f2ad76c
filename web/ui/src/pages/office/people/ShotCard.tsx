import { CheckCircleFilled, CloseCircleFilled, DeleteOutlined, FileOutlined } from '@ant-design/icons';
import { Button, Flex, theme, Typography } from 'antd';
import { useState } from 'react';

import { useTexts } from '../../../language';
import type { Verdict } from './PictureStep';
import { useObjectURL } from './useObjectURL';

const side = 148;

/** One picture, and what became of it. */
export function ShotCard({ blob, label, verdict, onRemove }: { blob: Blob; label: string; verdict?: Verdict; onRemove?: () => void }) {
  const texts = useTexts();
  const t = texts.enrol;
  const { token } = theme.useToken();
  const url = useObjectURL(blob.size > 20 << 20 ? undefined : blob);
  const [broken, setBroken] = useState(false);
  const frame = { width: side, height: side, borderRadius: 8, background: token.colorFillTertiary };
  return (
    <Flex vertical gap={6} style={{ width: side }} data-testid="shot">
      {url && !broken ? (
        <img src={url} alt={label} onError={() => setBroken(true)} style={{ ...frame, objectFit: 'cover' }} />
      ) : (
        <Flex align="center" justify="center" style={frame} aria-hidden>
          <FileOutlined style={{ fontSize: 40, color: token.colorTextSecondary }} />
        </Flex>
      )}
      <Flex justify="space-between" align="center" gap={4}>
        <Typography.Text ellipsis={{ tooltip: label }} style={{ flex: 1 }}>
          {label}
        </Typography.Text>
        {onRemove && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={`${texts.common.remove} ${label}`} onClick={onRemove} />}
      </Flex>
      {verdict && (
        <Typography.Text style={{ color: verdict.accepted ? token.colorSuccess : token.colorError }}>
          {verdict.accepted ? <CheckCircleFilled /> : <CloseCircleFilled />} {verdict.accepted ? t.accepted : verdict.words || t.notAccepted}
        </Typography.Text>
      )}
    </Flex>
  );
}
