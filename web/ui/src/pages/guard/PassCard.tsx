import { Button, Flex, Popconfirm, Tag, Typography } from 'antd';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { memo } from 'react';

import { Direction, Means, Outcome } from '../../api/menshen/v1/event_pb';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Face } from './Face';
import { Permit } from './Permit';
import { Reasons } from './Reasons';
import { useClock } from './useClock';
import { decided, nameOf } from './useLivePasses';

export interface PassActions {
  onTemperature: (pass: ConsolePass) => void;
  onLetIn: (pass: ConsolePass) => void;
  onNotThem: (pass: ConsolePass) => void;
}

const today = 20 * 3600_000; // ms: an older temperature is another day's

/** One pass; the large one is what the guard looks at now. Many come in a second, so what is as before is not made anew. */
export const PassCard = memo(function PassCard({ pass, gateName, fever, large, actions }: { pass: ConsolePass; gateName: string; fever?: number; large?: boolean; actions: PassActions }) {
  const t = useTexts().guard;
  const { language } = useLanguage();
  const clock = useClock();
  const view = pass.view!;
  const p = view.pass!;
  const stopped = p.outcome === Outcome.DENY;
  const review = p.outcome === Outcome.REVIEW;
  const word = stopped ? t.deny : review ? t.review : t.allow;
  const type = stopped ? 'danger' : review ? 'warning' : 'success';
  const hot = fever !== undefined && pass.celsius >= fever;
  const measured = pass.celsius > 0 && (!pass.measured || decided(pass) - timestampMs(pass.measured) < today);
  return (
    <Flex gap={large ? 16 : 12} align="start" data-pass={nameOf(pass)} data-outcome={Outcome[p.outcome]}>
      <Face pass={p} size={!large ? 44 : p.track ? 168 : 88} why={large} />
      <Flex vertical gap={large ? 10 : 2} style={{ flex: 1, minWidth: 0 }}>
        <Flex gap={large ? 12 : 8} align="baseline" wrap>
          <Typography.Text type={type} strong style={{ fontSize: large ? 30 : 15 }}>{word}</Typography.Text>
          <Typography.Text strong style={{ fontSize: large ? 28 : 15 }}>{view.personName || t.unknown}</Typography.Text>
          <Typography.Text type="secondary" style={{ fontSize: large ? 18 : 14 }}>{view.dwelling}</Typography.Text>
        </Flex>
        {large && (stopped || review) && <Reasons reasons={view.reasons} size={26} />}
        <Flex gap={4} wrap align="center">
          {(large || p.person) && <Permit permit={pass.permit} health={pass.health} large={large} />}
          {measured && <Tag color={hot ? 'error' : undefined}>{pass.celsius.toFixed(1)} °C</Tag>}
          <Typography.Text type="secondary">
            {gateName} · {p.direction === Direction.OUT ? t.out : t.in} · {clock(p.decided)}
          </Typography.Text>
        </Flex>
        {!large && (stopped || review) && (
          <Typography.Text>{view.reasons.map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；')}</Typography.Text>
        )}
        {large && (stopped || review) && <Typography.Text type="secondary">{stopped ? t.denyHint : t.reviewHint}</Typography.Text>}
        {large && p.person && (
          <Flex gap={8} wrap>
            <Button size="large" onClick={() => actions.onTemperature(pass)}>{t.temperature}</Button>
            {stopped && p.means !== Means.GUARD && (
              <Popconfirm title={t.letInSure(view.personName)} description={t.letInHint} onConfirm={() => actions.onLetIn(pass)}>
                <Button size="large">{t.letIn}</Button>
              </Popconfirm>
            )}
            <Popconfirm title={t.notThemSure(view.personName)} onConfirm={() => actions.onNotThem(pass)}>
              <Button size="large" type="text">{t.notThem}</Button>
            </Popconfirm>
          </Flex>
        )}
      </Flex>
      {!large && p.person && (
        <Button onClick={() => actions.onTemperature(pass)} aria-label={`${t.temperatureOf(view.personName)} °C`}>°C</Button>
      )}
    </Flex>
  );
});
