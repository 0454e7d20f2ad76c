import { Button, Flex, Modal, Typography } from 'antd';
import { useState } from 'react';

import { useTexts } from '../../language';

/** Whole values in one touch, others by digits. */
const usual = [36.1, 36.3, 36.5, 36.7, 36.9, 37.1, 37.3, 37.5, 37.8, 38.0, 38.5, 39.0];

export function TemperaturePad({ name, onPick, onClose }: { name: string; onPick: (celsius: number) => void; onClose: () => void }) {
  const t = useTexts().guard;
  const [digits, setDigits] = useState('');
  const add = (digit: string) => {
    const next = digits + digit;
    if (next.length === 3) onPick(Number(next) / 10);
    else setDigits(next);
  };
  return (
    <Modal open title={t.temperatureOf(name)} footer={null} onCancel={onClose} width={420}>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        {usual.map((celsius) => (
          <Button key={celsius} size="large" danger={celsius >= 37.3} style={{ width: 84 }} onClick={() => onPick(celsius)}>
            {celsius.toFixed(1)}
          </Button>
        ))}
      </Flex>
      <Typography.Title level={3} style={{ margin: 0, minHeight: 40 }} aria-live="polite">
        {digits.padEnd(3, '_').replace(/^(..)(.)$/, '$1.$2')} °C
      </Typography.Title>
      <Flex gap={8} wrap>
        {'1234567890'.split('').map((digit) => (
          <Button key={digit} size="large" style={{ width: 68 }} onClick={() => add(digit)}>
            {digit}
          </Button>
        ))}
        <Button size="large" onClick={() => setDigits('')}>
          ⌫
        </Button>
      </Flex>
    </Modal>
  );
}
