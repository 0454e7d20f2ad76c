import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Input, Tag, Typography } from 'antd';
import { useState, type KeyboardEvent } from 'react';

import { healthApi } from '../../../api/health';
import type { Temperature } from '../../../api/menshen/v1/health_pb';
import { useLanguage, useTexts } from '../../../language';
import { wordsOf } from '../../../parts/Problem';
import { readCelsius } from '../../../parts/celsius';

/** Today's temperature of one person. Enter keeps it and goes down the list; what was typed stays until the server has it. */
export function TemperatureEntry({ person, name, fever, today }: { person: string; name: string; fever: number; today?: Temperature }) {
  const texts = useTexts();
  const t = texts.care;
  const { language } = useLanguage();
  const { notification } = App.useApp();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [again, setAgain] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [kept, setKept] = useState<number>();
  const keep = useMutation({
    mutationFn: (celsius: number) => healthApi.recordTemperature({ person, celsius, source: 'self' }),
    onSuccess: (answer, celsius) => {
      if (answer.fever) notification.error({ title: t.feverOf(name, celsius.toFixed(1)), description: t.feverDo, duration: 0, role: 'alert' });
      setKept(celsius);
      setText('');
      setAgain(false);
      void client.invalidateQueries({ queryKey: ['HealthService'] });
    },
  });
  const send = () => {
    const celsius = readCelsius(text);
    setWrong(!(celsius >= 30 && celsius <= 45));
    if (celsius >= 30 && celsius <= 45) keep.mutate(celsius);
  };
  const enter = (event: KeyboardEvent<HTMLInputElement>) => {
    const inputs = [...document.querySelectorAll<HTMLInputElement>('input[data-temperature]')];
    const here = inputs.indexOf(event.currentTarget);
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' || event.key === 'Enter' ? 1 : 0;
    if (step === 0 || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (event.key === 'Enter') {
      send();
      const celsius = readCelsius(text);
      if (!(celsius >= 30 && celsius <= 45)) return;
    }
    inputs[here + step]?.focus();
  };
  const celsius = kept ?? today?.celsius;
  if (celsius !== undefined && !again) {
    return (
      <Flex gap={4} align="center">
        <Tag color={celsius >= fever ? 'error' : 'success'} style={{ fontSize: 15, marginInlineEnd: 0 }}>
          {celsius.toFixed(1)} ℃
        </Tag>
        <Button size="small" type="text" className="care-screen" onClick={() => setAgain(true)} aria-label={`${t.again}: ${name}`}>
          {t.again}
        </Button>
      </Flex>
    );
  }
  return (
    <div>
      <Flex gap={6} className="care-screen">
        <Input
          data-temperature
          autoFocus={again}
          aria-label={t.enterTemperature(name)}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(e) => {
            setText(e.target.value);
            setWrong(false);
          }}
          onKeyDown={enter}
          status={wrong || keep.error || readCelsius(text) >= fever ? 'error' : undefined}
          placeholder="36.5"
          suffix="℃"
          disabled={keep.isPending}
          style={{ width: 104 }}
        />
        <Button disabled={!text} loading={keep.isPending} onClick={send} aria-label={t.saveTemperature(name)}>
          {texts.common.save}
        </Button>
      </Flex>
      <span className="care-paper">________ ℃</span>
      {(wrong || keep.error) && (
        <Typography.Text type="danger" role="alert" className="care-screen" style={{ display: 'block', maxWidth: 200 }}>
          {wrong ? t.temperatureRange : wordsOf(keep.error, texts.common.offline, language)}
        </Typography.Text>
      )}
    </div>
  );
}
