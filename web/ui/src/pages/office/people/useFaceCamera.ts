import { useEffect, useRef, useState, type RefObject } from 'react';

import { enrolmentApi } from '../../../api/enrolment';
import { signedOut, useSession } from '../../../app/session';
import type { LookAtFrameResponse } from '../../../api/menshen/v1/enrolment_pb';
import type { Shot } from './PictureStep';

/** How many pictures are taken. */
export const wanted = 3;

const gap = 700; // milliseconds between two pictures at least
const patience = 3500; // milliseconds after which a picture may be like the one before
const different = 5; // mean difference of two faces in grey values from which they are not the same picture
const side = 24; // of the small grey face that is compared

/** What the last frame showed. */
export interface Glance {
  code: string;
  faces: number;
  brightness: number; // mean of the face, 0 … 255
}

/** Watches a face before the camera, a frame at a time, and takes several different good pictures of it. */
export function useFaceCamera(video: RefObject<HTMLVideoElement | null>, on: boolean) {
  const [shots, setShots] = useState<Shot[]>([]);
  const [glance, setGlance] = useState<Glance>();
  const [fault, setFault] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [round, setRound] = useState(0);
  const count = useRef(0);
  const { refresh } = useSession();

  useEffect(() => {
    if (!on) return;
    const ended = new AbortController();
    let stream: MediaStream | undefined;
    const full = document.createElement('canvas');
    const small = document.createElement('canvas');
    const taken: Shot[] = [];
    let last = { at: 0, face: undefined as Uint8Array | undefined };
    setFault(false);
    setProblem(undefined);
    setGlance(undefined);

    const look = async (picture: HTMLVideoElement) => {
      draw(picture, full, 1280, 720);
      draw(picture, small, 640, 480);
      const frame = await jpeg(small, 0.85);
      const seen = await enrolmentApi.lookAtFrame({ jpeg: new Uint8Array(await frame.arrayBuffer()) }, { signal: ended.signal });
      const face = greyFace(small, seen);
      const since = performance.now() - last.at;
      const fresh = !last.face || since > patience || difference(face, last.face) >= different;
      // Who holds too still is asked to move: pictures that are all alike teach the gates nothing.
      const still = seen.code === '' && since >= gap && !fresh;
      setGlance({ code: still ? 'still' : seen.code, faces: seen.faces, brightness: mean(face) });
      setProblem(undefined);
      if (seen.code !== '' || since < gap || !fresh) return;
      last = { at: performance.now(), face };
      count.current++;
      taken.push({ name: `camera-${count.current}.jpg`, blob: await jpeg(full, 0.92) });
      if (!ended.signal.aborted) setShots([...taken]);
    };
    const run = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' }, audio: false });
      } catch {
        if (!ended.signal.aborted) setFault(true);
        return;
      }
      const picture = video.current;
      if (!picture || ended.signal.aborted) return stream.getTracks().forEach((track) => track.stop());
      picture.srcObject = stream;
      await picture.play().catch(() => undefined);
      while (!ended.signal.aborted && taken.length < wanted) {
        if (picture.videoWidth > 0) {
          try {
            await look(picture);
          } catch (error) {
            if (ended.signal.aborted) return;
            if (signedOut(error)) void refresh(); // the way in comes on top; then it goes on
            setProblem(error);
            await pause(2000);
          }
        }
        await pause(60);
      }
      stream.getTracks().forEach((track) => track.stop());
    };
    void run();
    return () => {
      ended.abort();
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [on, round, video, refresh]);

  return {
    shots, glance, fault, problem,
    /** Begins anew. */
    clear: () => {
      setShots([]);
      setRound((was) => was + 1);
    },
  };
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

function draw(picture: HTMLVideoElement, canvas: HTMLCanvasElement, width: number, height: number) {
  const scale = Math.min(1, width / picture.videoWidth, height / picture.videoHeight);
  canvas.width = Math.round(picture.videoWidth * scale);
  canvas.height = Math.round(picture.videoHeight * scale);
  canvas.getContext('2d', { willReadFrequently: true })!.drawImage(picture, 0, 0, canvas.width, canvas.height);
}

function jpeg(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/jpeg', quality));
}

/** The face of a frame as few grey values. */
function greyFace(frame: HTMLCanvasElement, seen: LookAtFrameResponse): Uint8Array {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const box = seen.face ?? { x: 0, y: 0, width: frame.width, height: frame.height };
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(frame, box.x, box.y, box.width, box.height, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side }, (_, i) => 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!);
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}
