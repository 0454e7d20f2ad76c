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
    <Modal open closable={false} footer={<Button type="primary" danger size="large" block autoFocus onClick={onSeen}>{t.seen}</Button>} title={null} width={560}>
      <div role="alert">
        <Typography.Title level={1} type="danger" style={{ margin: 0, fontSize: 44 }}>{t.fever(fever.celsius.toFixed(1))}</Typography.Title>
        <Typography.Title level={2} style={{ marginTop: 4 }}>{fever.name}</Typography.Title>
        <Typography.Paragraph style={{ fontSize: 20 }}>{t.feverDo}</Typography.Paragraph>
        <Typography.Paragraph style={{ fontSize: 17 }} type={fever.told ? 'secondary' : 'warning'}>{fever.told ? t.feverTold : t.feverUntold}</Typography.Paragraph>
      </div>
    </Modal>
  );
}
