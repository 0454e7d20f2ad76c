import { CheckOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Progress, theme, Typography } from 'antd';
import { useRef, useState } from 'react';

import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import type { Shot, Verdict } from './PictureStep';
import { ShotCard } from './ShotCard';
import { useFaceCamera, wanted, type Glance } from './useFaceCamera';

interface Props {
  verdicts: Verdict[];
  storing: boolean;
  onStore: (shots: Shot[]) => void;
  onAgain: () => void;
}

/** Pictures by the camera: it says in a few words what to do, and takes them by itself. */
export function CameraStep({ verdicts, storing, onStore, onAgain }: Props) {
  const t = useTexts().enrol;
  const { token } = theme.useToken();
  const video = useRef<HTMLVideoElement>(null);
  const [on, setOn] = useState(false);
  const camera = useFaceCamera(video, on);
  const { shots, glance, fault, problem } = camera;
  const full = shots.length >= wanted;
  const again = () => {
    onAgain();
    camera.clear();
    setOn(true);
  };
  // A browser without a secure connection has no camera to ask for.
  if (!navigator.mediaDevices) return <Alert type="info" showIcon title={t.cameraNone} />;
  return (
    <Flex vertical gap={16}>
      {fault && <Alert type="error" showIcon role="alert" title={t.cameraDenied} />}
      {problem !== undefined && <Problem error={problem} />}
      {(!on || fault) && shots.length === 0 && (
        <Button type="primary" size="large" icon={<VideoCameraOutlined />} style={{ alignSelf: 'start' }} onClick={() => (setOn(false), setTimeout(() => setOn(true)))}>
          {t.startCamera}
        </Button>
      )}
      {on && !fault && !full && (
        <Flex gap={24} wrap align="start">
          <div style={{ position: 'relative', flex: '1 1 380px', maxWidth: 560, borderRadius: 12, overflow: 'hidden', background: '#000' }}>
            <video ref={video} muted playsInline aria-hidden style={{ width: '100%', display: 'block', transform: 'scaleX(-1)' }} />
            <Oval good={glance?.code === '' || glance?.code === 'still'} />
            <div
              role="status"
              aria-live="polite"
              data-testid="hint"
              style={{ position: 'absolute', insetInline: 0, bottom: 0, padding: '14px 8px', textAlign: 'center', fontSize: 30, fontWeight: 600, color: '#fff', background: 'rgba(0, 0, 0, 0.62)' }}
            >
              {wordsOf(glance, t)}
            </div>
          </div>
          <Flex vertical gap={16} style={{ flex: '1 1 200px' }}>
            <Flex vertical>
              <Typography.Text strong style={{ fontSize: 18 }}>
                {t.taken(shots.length, wanted)}
              </Typography.Text>
              <Progress percent={Math.round((shots.length / wanted) * 100)} showInfo={false} strokeColor={token.colorSuccess} aria-label={t.taken(shots.length, wanted)} />
            </Flex>
            <Checks glance={glance} />
          </Flex>
        </Flex>
      )}
      {shots.length > 0 && (
        <Flex gap={16} wrap>
          {shots.map((shot, i) => (
            <ShotCard key={shot.name} blob={shot.blob} label={t.shot(i + 1)} verdict={verdicts[i]} />
          ))}
        </Flex>
      )}
      {full && (
        <Flex gap={12} wrap>
          {verdicts.length === 0 && (
            <Button type="primary" size="large" loading={storing} onClick={() => onStore(shots)}>
              {storing ? t.storing : t.store}
            </Button>
          )}
          <Button size="large" disabled={storing} onClick={again}>
            {t.retake}
          </Button>
        </Flex>
      )}
    </Flex>
  );
}

type Words = ReturnType<typeof useTexts>['enrol'];

function wordsOf(glance: Glance | undefined, t: Words): string {
  if (!glance) return t.starting;
  if (glance.code === 'bad_light') return glance.brightness > 150 ? t.bright : t.dark;
  return t.hints[glance.code] ?? t.hints.no_face!;
}

/** Where the face belongs. */
function Oval({ good }: { good: boolean }) {
  return (
    <svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice" aria-hidden style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }}>
      <ellipse cx={200} cy={135} rx={82} ry={108} fill="none" stroke={good ? '#5fd07e' : '#ffffffcc'} strokeWidth={good ? 6 : 3} strokeDasharray={good ? undefined : '10 8'} />
    </svg>
  );
}

/** What was measured of the last frame, one by one. */
function Checks({ glance }: { glance?: Glance }) {
  const t = useTexts().enrol;
  const { token } = theme.useToken();
  const code = glance?.code ?? 'no_face';
  const seen = !!glance && glance.faces > 0;
  const lines: [string, boolean][] = [
    [t.check.face, seen],
    [t.check.one, seen && code !== 'several_faces'],
    [t.check.size, seen && code !== 'too_small' && code !== 'far'],
    [t.check.sharp, seen && code !== 'blurred'],
    [t.check.light, seen && code !== 'bad_light'],
    [t.check.pose, seen && code !== 'turned' && code !== 'aside'],
  ];
  return (
    <Flex gap={8} wrap role="list">
      {lines.map(([label, good]) => (
        <Flex key={label} role="listitem" gap={6} align="center" style={{ padding: '4px 12px', borderRadius: 16, border: `1px solid ${good ? token.colorSuccess : token.colorBorder}`, color: good ? token.colorSuccess : token.colorTextSecondary }}>
          {good ? <CheckOutlined aria-hidden /> : <span aria-hidden>·</span>}
          <span>{label}</span>
          <span style={{ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }}>{good ? t.good : t.notYet}</span>
        </Flex>
      ))}
    </Flex>
  );
}
