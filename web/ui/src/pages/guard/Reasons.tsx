import { Flex, Typography } from 'antd';

import type { Text } from '../../api/menshen/v1/api_pb';
import { inLanguage, useLanguage } from '../../language';

/** Why somebody was stopped: what decided first and large, then what else was found. */
export function Reasons({ reasons, size }: { reasons: Text[]; size: number }) {
  const { language } = useLanguage();
  const [first, ...others] = reasons.map((reason) => inLanguage(reason, language));
  return (
    <Flex vertical gap={2}>
      <Typography.Text strong style={{ fontSize: size, lineHeight: 1.3 }}>{first}</Typography.Text>
      {others.length > 0 && <Typography.Text type="secondary">{others.join(language === 'en' ? '; ' : '；')}</Typography.Text>}
    </Flex>
  );
}
