import { DeleteOutlined } from '@ant-design/icons';
import { Alert, Button, Drawer, Grid, Radio, Typography } from 'antd';
import { useEffect, useState } from 'react';

import { useTexts } from '../../language';

/** Somebody who can be measured. */
export interface Measured {
  person: string;
  name: string;
  dwelling: string;
  gate: string;
}

const least = 30;
const most = 45;

/** Usual values in one touch, others by three digits. fever is that of the rules; undefined while it is not known. */
export function TemperaturePad({ people, fever, onPick, onClose }: { people: Measured[]; fever?: number; onPick: (who: Measured, celsius: number) => void; onClose: () => void }) {
  const t = useTexts().guard;
  const wide = Grid.useBreakpoint().md ?? true;
  const [who, setWho] = useState(people[0]!);
  const [digits, setDigits] = useState('');
  const [wrong, setWrong] = useState('');
  const usual = [36.0, 36.2, 36.4, 36.5, 36.6, 36.8, 37.0, 37.2];
  const high = fever === undefined ? [] : [0, 0.3, 0.7, 1.2].map((more) => Math.round((fever + more) * 10) / 10);
  const add = (digit: string) => {
    setWrong('');
    const next = digits + digit;
    if (next.length < 3) return setDigits(next);
    setDigits('');
    const celsius = Number(next) / 10;
    if (celsius < least || celsius > most) setWrong(t.outOfRange(celsius.toFixed(1), least, most));
    else onPick(who, celsius);
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (/^\d$/.test(event.key)) add(event.key);
      else if (event.key === 'Backspace') setDigits(digits.slice(0, -1));
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
  return (
    <Drawer open title={t.temperatureOf(who.name)} onClose={onClose} placement={wide ? 'right' : 'bottom'} size={wide ? 400 : 640} styles={{ body: { display: 'flex', flexDirection: 'column', justifyContent: 'flex-end', gap: 12 } }}>
      {people.length > 1 && (
        <Radio.Group aria-label={t.whom} value={who.person} onChange={(event) => setWho(people.find((one) => one.person === event.target.value) ?? who)} style={{ display: 'flex', flexWrap: 'wrap', gap: 6 }}>
          {people.slice(0, 6).map((one) => (
            <Radio.Button key={one.person} value={one.person} style={{ borderRadius: 8, borderInlineStartWidth: 1 }}>{one.name}</Radio.Button>
          ))}
        </Radio.Group>
      )}
      <div className="guard-pad">
        {[...usual.filter((celsius) => fever === undefined || celsius < fever), ...high].map((celsius) => (
          <Button key={celsius} size="large" danger={fever !== undefined && celsius >= fever} onClick={() => onPick(who, celsius)}>
            {celsius.toFixed(1)}
          </Button>
        ))}
      </div>
      <Typography.Title level={2} style={{ margin: 0, textAlign: 'center' }} aria-live="polite">
        {digits.padEnd(3, '_').replace(/^(..)(.)$/, '$1.$2')} °C
      </Typography.Title>
      {wrong && <Alert type="error" showIcon role="alert" title={wrong} />}
      <div className="guard-digits">
        {'123456789'.split('').map((digit) => <Button key={digit} size="large" onClick={() => add(digit)}>{digit}</Button>)}
        <span />
        <Button size="large" onClick={() => add('0')}>0</Button>
        <Button size="large" icon={<DeleteOutlined />} aria-label={t.erase} onClick={() => setDigits(digits.slice(0, -1))} />
      </div>
    </Drawer>
  );
}
