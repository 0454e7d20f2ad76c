import { Alert, Button, Flex, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useParams } from 'react-router';

import { framesApi } from '../../api/console';
import type { Seen } from '../../api/menshen/v1/console_pb';
import { useTexts } from '../../language';
import { Problem } from '../../parts/Problem';

const sender = crypto.getRandomValues(new Uint32Array(4)).reduce((name, n) => name + n.toString(36), 'page');

/** Makes the device's camera the camera of a gate: sends frames one after the other, as fast as they are answered. */
export default function BrowserCamera() {
  const t = useTexts().guard;
  const gate = useParams().gate ?? '';
  const video = useRef<HTMLVideoElement>(null);
  const [on, setOn] = useState(false);
  const [denied, setDenied] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [seen, setSeen] = useState<Seen>();
  const [rate, setRate] = useState(0);

  useEffect(() => {
    if (!on) return;
    const ended = new AbortController();
    let stream: MediaStream | undefined;
    let awake: WakeLockSentinel | undefined; // a screen that goes dark stops the camera
    const canvas = document.createElement('canvas');
    const run = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' }, audio: false });
      } catch {
        setDenied(true);
        setOn(false);
        return;
      }
      const picture = video.current;
      if (!picture || ended.signal.aborted) return stream.getTracks().forEach((track) => track.stop());
      picture.srcObject = stream;
      await picture.play().catch(() => undefined); // the loop says what is wrong
      awake = await navigator.wakeLock?.request('screen').catch(() => undefined);
      if (ended.signal.aborted) return void awake?.release();
      for (let before = performance.now(); !ended.signal.aborted; ) {
        let pause = 120;
        try {
          const scale = Math.min(1, 1280 / picture.videoWidth, 720 / picture.videoHeight);
          canvas.width = Math.round(picture.videoWidth * scale);
          canvas.height = Math.round(picture.videoHeight * scale);
          canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
          const frame = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
          if (frame) {
            const answer = await framesApi.sendFrame({ gate, sender, jpeg: new Uint8Array(await frame.arrayBuffer()) }, { signal: ended.signal });
            setSeen(answer.seen);
            pause = answer.pauseMs;
            setProblem(undefined);
          }
        } catch (error) {
          if (ended.signal.aborted) return;
          setProblem(error);
          pause = 2000;
        }
        await new Promise((done) => setTimeout(done, pause));
        const now = performance.now();
        setRate(1000 / (now - before));
        before = now;
      }
    };
    void run();
    return () => {
      ended.abort();
      void awake?.release();
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [on, gate]);

  return (
    <Flex vertical gap={12} style={{ padding: 12, minHeight: '100vh' }} role="main">
      <Typography.Title level={3} style={{ margin: 0 }}>{t.camera} · {gate}</Typography.Title>
      <Typography.Text>{t.cameraHint}</Typography.Text>
      {denied && <Alert type="error" showIcon title={t.cameraDenied} />}
      {problem !== undefined && <Problem error={problem} />}
      <Button type="primary" size="large" onClick={() => (setDenied(false), setProblem(undefined), setOn(!on))}>{on ? t.stopCamera : t.startCamera}</Button>
      {on && (
        <>
          <div style={{ position: 'relative', maxWidth: 960 }}>
            <video ref={video} muted playsInline style={{ width: '100%', display: 'block' }} />
            {seen && seen.width > 0 && seen.faces.map((face) => (
              <div key={`${face.x} ${face.y}`} style={{ position: 'absolute', border: '3px solid #3fbf5f', left: `${(face.x / seen.width) * 100}%`, top: `${(face.y / seen.height) * 100}%`, width: `${(face.w / seen.width) * 100}%`, height: `${(face.h / seen.height) * 100}%` }} />
            ))}
          </div>
          <Typography.Text>{t.sending(rate.toFixed(1))} · {t.faces(seen?.faces.length ?? 0)}</Typography.Text>
        </>
      )}
    </Flex>
  );
}
