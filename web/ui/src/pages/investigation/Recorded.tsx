import { EyeOutlined } from '@ant-design/icons';
import { Typography } from 'antd';

import { useTexts } from '../../language';

/** Says quietly that whoever looks is written down. */
export function Recorded() {
  const t = useTexts().investigation;
  return (
    <Typography.Paragraph type="secondary" style={{ fontSize: 13, marginBlockEnd: 12 }}>
      <EyeOutlined aria-hidden /> {t.recorded}
    </Typography.Paragraph>
  );
}
