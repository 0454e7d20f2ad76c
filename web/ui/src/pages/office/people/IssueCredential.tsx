import { CreditCardOutlined, NumberOutlined, PrinterOutlined, QrcodeOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Input, QRCode, Typography } from 'antd';
import { useState } from 'react';

import { credentialsApi } from '../../../api/permit';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { Paper } from './Paper';

type Kind = 'qr' | 'card' | 'pin';

/** Issues what counts as much as a face, and shows what is secret this once. */
export function IssueCredential({ person, name }: { person: string; name: string }) {
  const texts = useTexts();
  const t = texts.office;
  const client = useQueryClient();
  const [asksCard, setAsksCard] = useState(false);
  const [card, setCard] = useState('');
  const issue = useMutation({
    mutationFn: (kind: Kind) => credentialsApi.issueCredential({ person, kind, card: kind === 'card' ? card.trim() : '', label: '' }),
    onSuccess: () => {
      setAsksCard(false);
      setCard('');
      void client.invalidateQueries({ queryKey: ['registry', 'getPerson', person] });
    },
  });
  const done = issue.data;
  const kind = done?.credential?.kind;
  const secret = done?.secret ?? '';
  const shown =
    kind === 'qr' ? (
      <Flex vertical align="center" gap={8}>
        <Typography.Text strong>{t.issuedTo(name)}</Typography.Text>
        <QRCode value={secret} type="svg" size={240} bgColor="#fff" color="#000" aria-label={t.qrLabel} role="img" />
        <Typography.Text>{t.qrHint}</Typography.Text>
      </Flex>
    ) : (
      <Flex vertical align="center" gap={8}>
        <Typography.Text strong>{t.issuedTo(name)}</Typography.Text>
        <Typography.Text data-testid="pin" style={{ fontSize: 44, letterSpacing: 6, fontVariantNumeric: 'tabular-nums' }}>
          {secret}
        </Typography.Text>
        <Typography.Text>{t.pinHint}</Typography.Text>
      </Flex>
    );

  return (
    <Flex vertical gap={16}>
      <Flex gap={12} wrap>
        <Button size="large" icon={<QrcodeOutlined />} loading={issue.isPending && issue.variables === 'qr'} onClick={() => issue.mutate('qr')}>
          {t.issueQR}
        </Button>
        <Button size="large" icon={<CreditCardOutlined />} onClick={() => setAsksCard(true)}>
          {t.issueCard}
        </Button>
        <Button size="large" icon={<NumberOutlined />} loading={issue.isPending && issue.variables === 'pin'} onClick={() => issue.mutate('pin')}>
          {t.issuePIN}
        </Button>
      </Flex>
      {asksCard && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (card.trim()) issue.mutate('card');
          }}
        >
          <Flex gap={8} wrap>
            <Input autoFocus value={card} onChange={(event) => setCard(event.target.value)} aria-label={t.cardNumber} placeholder={t.cardHint} autoComplete="off" maxLength={64} style={{ flex: '1 1 240px' }} />
            <Button type="primary" htmlType="submit" disabled={!card.trim()} loading={issue.isPending}>
              {t.issue}
            </Button>
          </Flex>
        </form>
      )}
      {issue.error && <Problem error={issue.error} />}
      {kind === 'card' && <Alert type="success" showIcon role="status" title={t.cardDone} />}
      {secret && (
        <Flex vertical gap={12} align="center" role="status">
          {shown}
          <Button icon={<PrinterOutlined />} onClick={() => print()}>
            {texts.common.print}
          </Button>
          <Paper>{shown}</Paper>
        </Flex>
      )}
    </Flex>
  );
}
