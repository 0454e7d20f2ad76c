import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Popconfirm, Skeleton, Tag, Typography } from 'antd';

import { consentsApi } from '../../../api/enrolment';
import type { Consent } from '../../../api/menshen/v1/enrolment_pb';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useTimes } from '../../../parts/time';
import { Signature } from './Signature';

/** What somebody said to the use of their face: which version, when, recorded by whom; the signature on request. */
export function Consents({ person, name, active }: { person: string; name: string; active: boolean }) {
  const t = useTexts().office;
  const { message } = App.useApp();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ['consents', person], queryFn: () => consentsApi.listConsents({ person }) });
  const texts = useQuery({ queryKey: ['consents', 'texts'], queryFn: () => consentsApi.listConsentTexts({}) });
  const latest = texts.data?.texts[0]?.version ?? 0;
  const withdraw = useMutation({
    mutationFn: () => consentsApi.recordConsent({ person, refused: true, version: latest, signer: name }),
    onSuccess: () => {
      void message.success(t.withdrawn);
      for (const key of [['consents'], ['registry'], ['people'], ['photographs']]) void client.invalidateQueries({ queryKey: key });
    },
  });
  const problem = found.error ?? texts.error ?? withdraw.error;
  if (problem && !withdraw.error) return <Problem error={problem} onRetry={() => (void found.refetch(), void texts.refetch())} />;
  if (!found.data || !texts.data) return <Skeleton active paragraph={{ rows: 1 }} />;
  const all = found.data.consents;
  const standing = all[0] && !all[0].ended && !all[0].refused;
  return (
    <Flex vertical gap={12} align="start">
      {all.length === 0 && <Typography.Text type="secondary">{t.consentNone}</Typography.Text>}
      {all.map((consent) => (
        <Line key={consent.id} consent={consent} latest={latest} />
      ))}
      {withdraw.error && <Problem error={withdraw.error} />}
      {standing && active && (
        <Popconfirm title={t.withdrawAsk(name)} description={<div style={{ maxWidth: 300 }}>{t.withdrawHint}</div>} onConfirm={() => withdraw.mutate()}>
          <Button danger loading={withdraw.isPending}>
            {t.withdraw}
          </Button>
        </Popconfirm>
      )}
    </Flex>
  );
}

function Line({ consent, latest }: { consent: Consent; latest: number }) {
  const t = useTexts().office;
  const { minute } = useTimes();
  const signature = useMutation({ mutationFn: () => consentsApi.getSignature({ consent: consent.id }) });
  const standing = !consent.ended;
  return (
    <Flex vertical gap={6}>
      <Flex gap={12} wrap align="center">
        <Typography.Text strong={standing}>{consent.refused ? t.consentRefused(consent.version) : t.consentGiven(consent.version)}</Typography.Text>
        {!standing && <Tag>{t.consentEnded}</Tag>}
        {standing && !consent.refused && (consent.version === latest ? <Tag color="success">{t.consentCurrent}</Tag> : <Tag color="warning">{t.consentOld}</Tag>)}
        <Typography.Text type="secondary">
          {[minute(consent.at), consent.signer && !consent.refused && t.signedBy(consent.signer, consent.guardian), t.recordedBy(consent.by)].filter(Boolean).join(' · ')}
        </Typography.Text>
        {consent.drawn && !signature.data && (
          <Button size="small" loading={signature.isPending} onClick={() => signature.mutate()}>
            {t.showSignature}
          </Button>
        )}
      </Flex>
      {signature.error && <Problem error={signature.error} />}
      {signature.data && <Signature path={signature.data.signature} label={`${t.signature}: ${consent.signer}`} />}
    </Flex>
  );
}
