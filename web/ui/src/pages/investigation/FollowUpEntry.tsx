import { useMutation } from '@tanstack/react-query';
import { App, Button, Flex, Input, Typography } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';

import { casesApi } from '../../api/case';
import type { DueContact } from '../../api/menshen/v1/case_pb';
import { useLanguage, useTexts } from '../../language';
import { wordsOf } from '../../parts/Problem';
import { readCelsius } from '../../parts/celsius';
import { useChanged } from './contacts';
import { Said } from './DueTable';

const fever = 37.3;

/** The entry of one contact's day. Enter keeps it and goes to the next; a fever is said at once. */
export function FollowUpEntry({ of: d, day }: { of: DueContact; day: string }) {
  const texts = useTexts();
  const { language } = useLanguage();
  const t = texts.investigation;
  const { notification } = App.useApp();
  const changed = useChanged();
  const box = useRef<HTMLDivElement>(null);
  const [again, setAgain] = useState(false);
  const [celsius, setCelsius] = useState('');
  const [symptoms, setSymptoms] = useState('');
  const [why, setWhy] = useState('');
  const [wrong, setWrong] = useState(false);
  const name = d.contact?.person?.name ?? '';
  const keep = useMutation({
    mutationFn: (notReached: boolean) =>
      casesApi.recordFollowUp({
        case: d.caseId,
        contact: d.contact?.id,
        day,
        celsius: notReached ? 0 : readCelsius(celsius) || 0,
        symptoms: notReached ? [] : symptoms.split(/[,，、;；]+/).map((s) => s.trim()).filter(Boolean),
        notReached,
        why,
      }),
    onSuccess: async (answer) => {
      if (answer.fever) notification.error({ title: t.feverOf(name, answer.followUp?.celsius ?? 0), description: answer.alerted ? t.feverAlerted : undefined, duration: 0, role: 'alert' });
      setAgain(false);
      setCelsius('');
      setSymptoms('');
      setWhy('');
      await changed();
    },
  });
  /** Keeps the entry, unless the temperature is none: what cannot be read must not become a day without fever. */
  const send = () => {
    const value = readCelsius(celsius);
    const bad = celsius.trim() !== '' && !(value >= 30 && value <= 45);
    setWrong(bad);
    if (bad || keep.isPending) return false;
    keep.mutate(false);
    return true;
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.repeat || event.nativeEvent.isComposing) return;
    if ((event.target as HTMLElement).tagName !== 'INPUT') return;
    event.preventDefault();
    if ((celsius.trim() === '' && symptoms.trim() === '') || !send()) return; // a day without symptoms is said with the button
    const inputs = [...document.querySelectorAll<HTMLInputElement>('input[data-temperature]')];
    const mine = inputs.findIndex((input) => box.current?.contains(input));
    inputs[mine + 1]?.focus();
  };
  if (d.today && !again) {
    return (
      <Flex gap={8} align="center">
        <Said of={d.today} />
        <Button size="small" type="link" onClick={() => setAgain(true)} aria-label={t.correctDay(name)}>
          {texts.common.edit}
        </Button>
      </Flex>
    );
  }
  return (
    <Flex vertical gap={4} ref={box}>
      <Flex gap={6} onKeyDown={enter}>
        <Input
          data-temperature
          aria-label={t.temperatureOf(name)}
          inputMode="decimal"
          value={celsius}
          onChange={(e) => setCelsius(e.target.value)}
          status={wrong || readCelsius(celsius) >= fever ? 'error' : undefined}
          placeholder="36.5"
          suffix="℃"
          style={{ width: 96, flex: 'none' }}
        />
        <Input aria-label={t.symptomsOf(name)} value={symptoms} onChange={(e) => setSymptoms(e.target.value)} placeholder={t.symptomsHint} style={{ minWidth: 110 }} />
        {d.today && <Input aria-label={t.why} value={why} onChange={(e) => setWhy(e.target.value)} placeholder={t.why} style={{ minWidth: 90 }} />}
        <Button type="primary" loading={keep.isPending} onClick={send} aria-label={t.saveDay(name)}>
          {texts.common.save}
        </Button>
        <Button disabled={keep.isPending} onClick={() => keep.mutate(true)} aria-label={t.notReachedOf(name)}>
          {t.notReached}
        </Button>
      </Flex>
      {wrong && (
        <Typography.Text type="danger" role="alert">
          {texts.care.temperatureRange}
        </Typography.Text>
      )}
      {keep.error && (
        <Typography.Text type="danger" role="alert">
          {wordsOf(keep.error, texts.common.offline, language)}
        </Typography.Text>
      )}
    </Flex>
  );
}
