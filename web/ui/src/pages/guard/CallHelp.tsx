import { PhoneOutlined } from '@ant-design/icons';
import { Button, Flex, Popover, Typography } from 'antd';
import { useState } from 'react';

import { useTexts } from '../../language';

/** Calls for help at a gate: a touch opens, a second one says where. gates are those to choose from, the likeliest first. */
export function CallHelp({ gates, names, onCall }: { gates: string[]; names: Record<string, string>; onCall: (gate: string) => void }) {
  const t = useTexts().guard;
  const [open, setOpen] = useState(false);
  const one = gates.length === 1;
  const choice = (
    <Flex vertical gap={8} className="guard-where" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      {gates.length === 0 && <Typography.Text>{t.helpNowhere}</Typography.Text>}
      {gates.map((gate, n) => (
        <Button key={gate} size="large" block danger type={n === 0 ? 'primary' : 'default'} autoFocus={n === 0} onClick={() => (setOpen(false), onCall(gate))}>
          {one ? t.helpAt(names[gate] ?? gate) : (names[gate] ?? gate)}
        </Button>
      ))}
    </Flex>
  );
  return (
    <Popover trigger="click" open={open} onOpenChange={setOpen} destroyOnHidden title={one ? t.helpSure : t.helpWhere} content={choice}>
      <Button size="large" danger icon={<PhoneOutlined />} aria-expanded={open}>{t.help}</Button>
    </Popover>
  );
}
