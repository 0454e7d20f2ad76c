import { useQuery } from '@tanstack/react-query';
import { Button, Flex, Typography } from 'antd';

import { consentsApi } from '../../../api/enrolment';
import type { ErasureCertificate } from '../../../api/menshen/v1/enrolment_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { download } from '../../../parts/download';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';

/** What proves that a face, or all of a person, was erased: to be handed over as a file or on paper. Nothing where nothing was erased. */
export function Certificates({ person }: { person: string }) {
  const t = useTexts().office;
  const { language } = useLanguage();
  const { minute } = useTimes();
  const found = useQuery({ queryKey: ['consents', 'certificates', person], queryFn: () => consentsApi.listErasureCertificates({ person }) });
  if (found.error) return <Problem error={found.error} onRetry={() => void found.refetch()} />;
  return found.data?.certificates.map((c) => (
    <Flex key={String(c.number)} vertical gap={6} align="start">
      <Flex gap={12} wrap align="center">
        <Typography.Text strong>{c.scope === 'face' ? t.erasedFace : t.erasedPerson}</Typography.Text>
        <Typography.Text type="secondary">{minute(c.at)}</Typography.Text>
        <Button size="small" onClick={() => download(`menshen-erasure-${c.number}.json`, c.signed, 'application/json')}>
          {t.saveCertificate}
        </Button>
        <Button size="small" onClick={() => print(t.certificate, c)}>
          {t.printCertificate}
        </Button>
      </Flex>
      <Typography.Text type="secondary">{inLanguage(c.text, language)}</Typography.Text>
    </Flex>
  ));
}

/** Opens a page of its own with both languages and the signed text, for the printer. */
function print(title: string, c: ErasureCertificate) {
  const page = window.open('', '_blank');
  if (!page) return;
  page.document.title = title;
  const lines: [string, string][] = [['h1', title], ['p', c.text?.zh ?? ''], ['p', c.text?.en ?? ''], ['p', c.fingerprint], ['pre', c.signed]];
  for (const [tag, text] of lines) {
    const element = page.document.createElement(tag);
    element.textContent = text;
    if (tag === 'pre') element.style.cssText = 'white-space: pre-wrap; overflow-wrap: anywhere';
    page.document.body.append(element);
  }
  page.print();
}
