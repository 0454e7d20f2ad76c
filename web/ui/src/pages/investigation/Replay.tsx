import { CaretRightOutlined, PauseOutlined } from '@ant-design/icons';
import { Button, Flex, Segmented, Slider, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';

import type { Stay } from '../../api/menshen/v1/api_pb';
import type { Pass } from '../../api/menshen/v1/event_pb';
import { useTexts } from '../../language';
import { millis } from '../../parts/clock';
import { ReplayPlan } from './ReplayPlan';
import { useSite } from '../../parts/site';

const speeds = [10, 60, 360]; // minutes of the site in a second

/** Goes through the time of the movements, and shows where the person was on the plan of the site. */
export function Replay({ from, to, at, onAt, stays, passes = [] }: { from: number; to: number; at: number; onAt: (at: number) => void; stays: Stay[]; passes?: Pass[] }) {
  const t = useTexts().investigation;
  const site = useSite();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(60);
  const now = useRef(at);
  now.current = at;

  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function step(time) {
      const next = Math.min(to, now.current + (time - last) * 60 * speed);
      last = time;
      onAt(next);
      if (next >= to) setPlaying(false);
      else frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, to, onAt]);

  const here = stays.filter((s) => millis(s.from) <= at && (s.open || at < millis(s.to))).map((s) => site.zone(s.zone));
  const toggle = () => {
    if (!playing && at >= to) onAt(from);
    setPlaying(!playing);
  };
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} align="center" wrap role="group" aria-label={t.replay}>
        <Button shape="circle" icon={playing ? <PauseOutlined /> : <CaretRightOutlined />} aria-label={playing ? t.pause : t.play} title={playing ? t.pause : t.play} onClick={toggle} />
        <Slider
          style={{ flex: 1, minWidth: 200 }}
          min={from}
          max={to}
          step={60_000}
          value={at}
          onChange={onAt}
          ariaLabelForHandle={t.replay}
          ariaValueTextFormatterForHandle={(value) => site.clock.write(value, 'MM-DD HH:mm')}
          tooltip={{ formatter: (value) => site.clock.write(value ?? from, 'MM-DD HH:mm') }}
        />
        <Segmented value={speed} onChange={setSpeed} options={speeds.map((value) => ({ value, label: t.speed(value) }))} aria-label={t.speedOf} />
        <Typography.Text strong style={{ minWidth: 240 }}>
          {site.clock.write(at, 'MM-DD HH:mm')} · {here.join(' · ') || t.nowhere}
        </Typography.Text>
      </Flex>
      <ReplayPlan stays={stays} passes={passes} at={at} />
    </Flex>
  );
}
