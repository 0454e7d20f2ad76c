import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Flex, Modal, Segmented, Spin, Typography } from 'antd';
import { useMemo, useRef, useState } from 'react';

import { permitsApi } from '../../../api/permit';
import { nonce } from '../../../app/nonce';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';

/** How many sheets the server makes at once. */
const most = 500;

/** Permits as they come out of the printer: looked at first, then printed. */
export function Sheets({ permits, onClose }: { permits: string[]; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.care;
  const frame = useRef<HTMLIFrameElement>(null);
  const [tongue, setTongue] = useState('');
  const [part, setPart] = useState(0);
  const parts = Math.ceil(permits.length / most);
  const shown = useMemo(() => permits.slice(part * most, (part + 1) * most), [permits, part]);
  const page = useQuery({
    queryKey: ['PermitService', 'printPermits', { permits: shown, language: tongue }],
    queryFn: async () => new TextDecoder().decode((await permitsApi.printPermits({ permits: shown, language: tongue })).page),
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
  });
  const html = useMemo(() => (nonce ? page.data?.replaceAll('<style>', `<style nonce="${nonce}">`) : page.data), [page.data]);
  return (
    <Modal
      open
      title={t.sheets}
      onCancel={onClose}
      width={720}
      style={{ top: 24 }}
      footer={[
        <Button key="close" onClick={onClose}>
          {texts.common.close}
        </Button>,
        <Button key="print" type="primary" icon={<PrinterOutlined />} disabled={!html} onClick={() => frame.current?.contentWindow?.print()}>
          {t.printSome(shown.length)}
        </Button>,
      ]}
    >
      <Flex gap={12} wrap align="center" style={{ marginBlockEnd: 12 }}>
        <Segmented aria-label={t.sheetLanguage} value={tongue} onChange={setTongue} options={Object.entries(t.sheetLanguages).map(([value, label]) => ({ value, label }))} />
        {parts > 1 && <Segmented value={part} onChange={setPart} options={Array.from({ length: parts }, (_, i) => ({ value: i, label: t.part(i + 1, parts) }))} />}
        <Typography.Text type="secondary">{t.sheetsHint(shown.length)}</Typography.Text>
      </Flex>
      {page.error && <Problem error={page.error} onRetry={() => void page.refetch()} />}
      {page.isPending && <Spin />}
      {html && <iframe ref={frame} title={t.sheets} srcDoc={html} style={{ width: '100%', height: '60vh', border: '1px solid rgba(128,128,128,.4)', borderRadius: 8, background: '#fff' }} />}
    </Modal>
  );
}
