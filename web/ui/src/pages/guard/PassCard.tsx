import { Button, Flex, Tag, Typography } from 'antd';

import { Direction, Outcome } from '../../api/menshen/v1/event_pb';
import type { ConsolePass } from '../../api/menshen/v1/console_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { useTimes } from '../../parts/time';
import { Face } from './Face';

const colours: Record<string, string> = { resident: 'magenta', returnee: 'green', temporary: 'gold', visitor: 'blue', worker: 'purple', vehicle: 'cyan' };

/** One pass; the newest one is large. */
export function PassCard({ pass, gateName, large, onTemperature }: { pass: ConsolePass; gateName: string; large?: boolean; onTemperature: () => void }) {
  const t = useTexts().guard;
  const { language } = useLanguage();
  const times = useTimes();
  const view = pass.view!;
  const p = view.pass!;
  const stopped = p.outcome === Outcome.DENY;
  const review = p.outcome === Outcome.REVIEW;
  const word = stopped ? t.deny : review ? t.review : t.allow;
  const type = stopped ? 'danger' : review ? 'warning' : 'success';
  return (
    <Flex gap={12} align="start" data-pass={`${p.gate}:${p.sequence}`}>
      <Face pass={p} size={large ? 168 : 48} />
      <Flex vertical gap={large ? 8 : 2} style={{ flex: 1, minWidth: 0 }}>
        <Flex gap={8} align="baseline" wrap>
          <Typography.Text type={type} strong style={{ fontSize: large ? 30 : 15 }}>
            {word}
          </Typography.Text>
          <Typography.Text strong style={{ fontSize: large ? 26 : 15 }}>
            {view.personName || t.unknown}
          </Typography.Text>
          <Typography.Text type="secondary">{view.dwelling}</Typography.Text>
        </Flex>
        <Flex gap={4} wrap>
          <Tag color={colours[pass.permit]}>{pass.permit ? (t.permits[pass.permit] ?? pass.permit) : t.noPermit}</Tag>
          {pass.health && <Tag color="error">{t.states[pass.health] ?? pass.health}</Tag>}
          {pass.celsius > 0 && <Tag>{pass.celsius.toFixed(1)} °C</Tag>}
          <Typography.Text type="secondary">
            {gateName} · {p.direction === Direction.OUT ? t.out : t.in} · {times.second(p.decided)}
          </Typography.Text>
        </Flex>
        {(stopped || review) && (
          <Typography.Text strong style={{ fontSize: large ? 24 : 14 }}>
            {view.reasons.map((reason) => inLanguage(reason, language)).join(language === 'en' ? '; ' : '；')}
          </Typography.Text>
        )}
        {large && (stopped || review) && <Typography.Text type="secondary">{stopped ? t.denyHint : t.reviewHint}</Typography.Text>}
        {large && p.person && (
          <Button size="large" onClick={onTemperature} style={{ alignSelf: 'start' }}>
            {t.temperature}
          </Button>
        )}
      </Flex>
      {!large && p.person && (
        <Button onClick={onTemperature} aria-label={t.temperatureOf(view.personName)}>
          °C
        </Button>
      )}
    </Flex>
  );
}
