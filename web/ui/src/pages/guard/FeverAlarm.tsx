import { Button, Modal, Typography } from 'antd';

import { useTexts } from '../../language';

export interface Fever {
  name: string;
  celsius: number;
  told: boolean; // the office knows: the server has it
}

/** Says large that somebody has a fever, and what to do, until it was seen. */
export function FeverAlarm({ fever, onSeen }: { fever: Fever; onSeen: () => void }) {
  const t = useTexts().guard;
  return (
    <Modal open closable={false} footer={<Button type="primary" danger size="large" block autoFocus onClick={onSeen}>{t.seen}</Button>} title={<Typography.Text type="danger" strong style={{ fontSize: 44, lineHeight: 1.2 }}>{t.fever(fever.celsius.toFixed(1))}</Typography.Text>} width={560}>
      <div role="alert">
        <Typography.Title level={2} style={{ marginTop: 0 }}>{fever.name}</Typography.Title>
        <Typography.Paragraph style={{ fontSize: 20 }}>{t.feverDo}</Typography.Paragraph>
        <Typography.Paragraph style={{ fontSize: 17 }} type={fever.told ? 'secondary' : 'warning'}>{fever.told ? t.feverTold : t.feverUntold}</Typography.Paragraph>
      </div>
    </Modal>
  );
}
