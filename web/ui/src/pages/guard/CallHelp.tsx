import { PhoneOutlined } from '@ant-design/icons';
import { Button, Flex, Popover, Typography } from 'antd';
import { useRef, useState } from 'react';

import { useTexts } from '../../language';

/** Calls for help at a gate: a touch opens, a second one says where. gates are those to choose from, the likeliest first. */
export function CallHelp({ gates, names, onCall }: { gates: string[]; names: Record<string, string>; onCall: (gate: string) => void }) {
  const t = useTexts().guard;
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState(gates); // as it was when it was opened: no choice moves under a finger
  const button = useRef<HTMLButtonElement>(null);
  const one = shown.length === 1;
  const turn = (on: boolean) => {
    if (on) setShown(gates);
    else button.current?.focus();
    setOpen(on);
  };
  const choice = (
    <Flex vertical gap={8} className="guard-where" onKeyDown={(event) => (event.key === 'Escape' ? turn(false) : event.repeat && event.preventDefault())}>
      {shown.length === 0 && <Typography.Text>{t.helpNowhere}</Typography.Text>}
      {shown.map((gate, n) => (
        <Button key={gate} size="large" block danger type={n === 0 ? 'primary' : 'default'} autoFocus={n === 0} onClick={() => (turn(false), onCall(gate))}>
          {one ? t.helpAt(names[gate] ?? gate) : (names[gate] ?? gate)}
        </Button>
      ))}
    </Flex>
  );
  return (
    <Popover trigger="click" open={open} onOpenChange={turn} destroyOnHidden title={one ? t.helpSure : t.helpWhere} content={choice}>
      <Button ref={button} size="large" danger icon={<PhoneOutlined />} aria-expanded={open}>{t.help}</Button>
    </Popover>
  );
}
