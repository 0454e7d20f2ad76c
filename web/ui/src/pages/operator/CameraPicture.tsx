import { Button, Flex, Typography } from 'antd';
import { useEffect, useState, type KeyboardEvent, type MouseEvent } from 'react';

import type { TryCameraResponse } from '../../api/menshen/v1/camera_pb';
import { useTexts } from '../../language';

/** A corner of the region, in parts of width and height. */
export interface Corner {
  x: number;
  y: number;
}

/** A picture of a camera with the faces found, on which the region is drawn corner by corner. */
export function CameraPicture({ picture, region, onRegion }: { picture: TryCameraResponse; region: Corner[]; onRegion: (region: Corner[]) => void }) {
  const t = useTexts().operator;
  const [address, setAddress] = useState('');
  const { width, height, faces } = picture;

  useEffect(() => {
    const made = URL.createObjectURL(new Blob([new Uint8Array(picture.jpeg)], { type: 'image/jpeg' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);

  const add = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onRegion([...region, { x: part((event.clientX - box.left) / box.width), y: part((event.clientY - box.top) / box.height) }]);
  };
  const move = (index: number) => (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-0.01, 0], ArrowRight: [0.01, 0], ArrowUp: [0, -0.01], ArrowDown: [0, 0.01] }[event.key];
    if (!step) return;
    event.preventDefault();
    onRegion(region.map((corner, k) => (k === index ? { x: part(corner.x + step[0]!), y: part(corner.y + step[1]!) } : corner)));
  };
  return (
    <Flex vertical gap={8}>
      <div style={{ position: 'relative', lineHeight: 0 }}>
        <img src={address || undefined} alt={t.pictureOf(faces.length)} style={{ width: '100%' }} />
        <svg viewBox={`0 0 ${width} ${height}`} style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', cursor: 'crosshair' }} onClick={add} aria-label={t.region} role="group">
          {faces.map((face, index) => (
            <rect key={index} x={face.x} y={face.y} width={face.width} height={face.height} fill="none" stroke="#5fe08a" strokeWidth={width / 300} />
          ))}
          {region.length > 1 && (
            <polygon points={region.map((corner) => `${corner.x * width},${corner.y * height}`).join(' ')} fill="rgba(255,200,60,.18)" stroke="#ffc83c" strokeWidth={width / 400} />
          )}
          {region.map((corner, index) => (
            <circle key={index} cx={corner.x * width} cy={corner.y * height} r={width / 110} fill="#ffc83c" tabIndex={0} role="button" aria-label={t.corner(index + 1)} onKeyDown={move(index)} onClick={(event) => event.stopPropagation()} />
          ))}
        </svg>
      </div>
      <Flex justify="space-between" align="center" wrap gap={8}>
        <Typography.Text type="secondary">
          {t.pictureFigures(picture.frameWidth, picture.frameHeight, faces.length)} {region.length > 0 && region.length < 3 ? t.regionFew : t.regionHint}
        </Typography.Text>
        <Button disabled={region.length === 0} onClick={() => onRegion([])}>
          {t.wholePicture}
        </Button>
      </Flex>
    </Flex>
  );
}

/** Three digits are finer than a pixel. */
function part(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}
