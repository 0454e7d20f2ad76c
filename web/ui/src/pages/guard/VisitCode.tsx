import { Flex, QRCode, Typography } from 'antd';

import { useTexts } from '../../language';

/** The code by which a visitor passes, for the visitor to photograph. It is shown this once. */
export function VisitCode({ code }: { code: string }) {
  const t = useTexts().guard;
  return (
    <Flex vertical align="center" gap={12}>
      <Typography.Text style={{ fontSize: 18 }}>{t.visitorCodeHint}</Typography.Text>
      <div role="img" aria-label={t.visitorCode} className="guard-qr"><span aria-hidden><QRCode value={code} size={300} errorLevel="M" color="#000" bgColor="#fff" /></span></div>
    </Flex>
  );
}
