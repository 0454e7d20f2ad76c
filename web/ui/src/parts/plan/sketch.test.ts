import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';

import { GateSchema, ZoneSchema } from '../../api/menshen/v1/api_pb';
import { sketch } from './sketch';

const zone = (id: string, parent: string, kind = 'building') => create(ZoneSchema, { id, parent, kind });
const gate = (id: string, from: string, to: string, zh = '') => create(GateSchema, { id, from, to, name: { zh } });

describe('the sketch of a site', () => {
  const zones = [
    zone('outside', '', 'outside'),
    zone('compound', '', 'compound'),
    ...Array.from({ length: 13 }, (_, i) => zone(`b${i}`, 'compound')),
    ...Array.from({ length: 13 }, (_, i) => [zone(`l${i}`, `b${i}`, 'lift'), zone(`u${i}`, `b${i}`, 'unit')]).flat(),
  ];
  const gates = [gate('east', 'outside', 'compound', '东门'), gate('n', 'outside', 'compound', '北门'), gate('other', 'outside', 'compound'), gate('door-3', 'compound', 'b3'), gate('floors', 'l3', 'u3')];
  const drawn = sketch(zones, gates);

  test('has every zone but the outside, and every gate', () => {
    expect(drawn.zones.size).toBe(zones.length - 1);
    expect(drawn.gates.size).toBe(gates.length);
  });
  test('has zones in the one around them, and none over another', () => {
    const box = (id: string) => {
      const s = drawn.zones.get(id)!;
      return [s.x - s.width / 2, s.y - s.height / 2, s.x + s.width / 2, s.y + s.height / 2] as const;
    };
    for (const z of zones.filter((of) => of.parent)) {
      const [inner, outer] = [box(z.id), box(z.parent)];
      expect(inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3], z.id).toBe(true);
      for (const other of zones.filter((of) => of.parent === z.parent && of.id < z.id)) {
        const b = box(other.id);
        expect(inner[2] <= b[0] + 1e-9 || b[2] <= inner[0] + 1e-9 || inner[3] <= b[1] + 1e-9 || b[3] <= inner[1] + 1e-9, `${z.id} ${other.id}`).toBe(true);
      }
    }
  });
  test('has gates on the side that they are named by', () => {
    const compound = drawn.zones.get('compound')!;
    expect(drawn.gates.get('east')!.x).toBeCloseTo(compound.x + compound.width / 2);
    expect(drawn.gates.get('n')!.y).toBeCloseTo(compound.y - compound.height / 2);
    expect(drawn.gates.get('door-3')!.y).toBeCloseTo(drawn.zones.get('b3')!.y + drawn.zones.get('b3')!.height / 2);
  });
  test('of no site is empty', () => {
    expect(sketch([], []).zones.size).toBe(0);
  });
});
