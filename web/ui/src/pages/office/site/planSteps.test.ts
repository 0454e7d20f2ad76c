import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';

import { PlanPlaceSchema, type PlanPlace } from '../../../api/menshen/v1/siteplan_pb';
import { beginSteps, isChanged, movedBy, onLatest, placesOf, withRestored, withSaved, withStep } from './planSteps';

const gate = (id: string, x: number) => create(PlanPlaceSchema, { gate: id, x, y: 0.5 });
const where = (places: PlanPlace[]) => Object.fromEntries(places.map((p) => [p.gate, p.x]));

describe('steps on the plan', () => {
  const kept = [gate('east', 0.1), gate('south', 0.2)];
  const moved = [gate('east', 0.1), gate('south', 0.3)];

  test('are undone and done again, and what is as it was has nothing to save', () => {
    let steps = withStep(beginSteps(kept), moved);
    expect(isChanged(steps)).toBe(true);
    steps = movedBy(steps, -1);
    expect(isChanged(steps)).toBe(false);
    expect(placesOf(movedBy(movedBy(steps, 1), 1))).toBe(moved);
    expect(isChanged(withStep(withStep(steps, moved), [gate('south', 0.2), gate('east', 0.1)]))).toBe(false);
  });
  test('that come while the plan is being saved are not taken for saved', () => {
    let steps = withStep(beginSteps(kept), moved);
    const later = [gate('east', 0.6), gate('south', 0.3)];
    steps = withSaved(withStep(steps, later), moved);
    expect(isChanged(steps)).toBe(true);
    expect(placesOf(steps)).toBe(later);
    expect(isChanged(movedBy(steps, -1))).toBe(false);
    expect(placesOf(movedBy(steps, -2))).toBe(kept);
  });
  test('stay when an earlier version is put back', () => {
    const steps = withRestored(withStep(beginSteps(kept), moved), [gate('east', 0.9)]);
    expect(isChanged(steps)).toBe(false);
    expect(where(placesOf(steps))).toEqual({ east: 0.9 });
    expect(isChanged(movedBy(steps, -1))).toBe(true);
    expect(placesOf(movedBy(steps, -1))).toBe(moved);
  });
  test('are kept on top of what somebody else saved, who loses nothing either', () => {
    const theirs = [gate('east', 0.8), gate('south', 0.2), gate('north', 0.4)];
    const steps = onLatest(withStep(beginSteps(kept), moved), theirs);
    expect(where(placesOf(steps))).toEqual({ east: 0.8, south: 0.3, north: 0.4 });
    expect(isChanged(steps)).toBe(true);
    expect(isChanged(movedBy(steps, -1))).toBe(false);
  });
  test('that both did to one gate are as they were done here, also where it was taken off', () => {
    const theirs = [gate('south', 0.9)];
    expect(where(placesOf(onLatest(withStep(beginSteps(kept), moved), theirs)))).toEqual({ south: 0.3 });
    expect(where(placesOf(onLatest(withStep(beginSteps(kept), [gate('east', 0.1)]), theirs)))).toEqual({});
  });
});
