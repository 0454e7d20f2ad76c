import { Button, Modal, Typography } from 'antd';

import { useTexts } from '../../language';

/** A link that is shown once. It may be a path of this server. */
export function LinkModal({ link, onClose }: { link: string; onClose: () => void }) {
  const t = useTexts().operator;
  return (
    <Modal open title={t.link} closable={false} mask={{ closable: false }} keyboard={false} footer={<Button type="primary" onClick={onClose}>{t.linkDone}</Button>}>
      <Typography.Paragraph>{t.linkHint}</Typography.Paragraph>
      <Typography.Text code copyable style={{ wordBreak: 'break-all' }}>
        {new URL(link, location.origin).toString()}
      </Typography.Text>
    </Modal>
  );
}
