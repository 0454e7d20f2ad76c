// The steps of somebody who edits the plan: what was done, what can be undone, and what of it is saved.
import type { PlanPlace } from '../../../api/menshen/v1/siteplan_pb';

export interface Steps {
  list: PlanPlace[][]; // never empty
  at: number;
  /** What the server keeps, as far as this page knows. */
  saved: PlanPlace[];
}

/** Nothing was done yet to what the server keeps. */
export function beginSteps(saved: PlanPlace[]): Steps {
  return { list: [saved], at: 0, saved };
}

export function placesOf(steps: Steps): PlanPlace[] {
  return steps.list[steps.at]!;
}

/** Whether there is something to save. */
export function isChanged(steps: Steps): boolean {
  return !samePlaces(placesOf(steps), steps.saved);
}

/** One step more. What was undone before it is gone. */
export function withStep(steps: Steps, places: PlanPlace[]): Steps {
  return { ...steps, list: [...steps.list.slice(0, steps.at + 1), places], at: steps.at + 1 };
}

/** A step back (-1) or forth (1), as far as there are any. */
export function movedBy(steps: Steps, by: number): Steps {
  return { ...steps, at: Math.min(steps.list.length - 1, Math.max(0, steps.at + by)) };
}

/** The server keeps what was sent. What was done since then is not saved, and can still be undone. */
export function withSaved(steps: Steps, sent: PlanPlace[]): Steps {
  return { ...steps, saved: sent };
}

/** The server keeps an earlier version again: a step like any other, so that undoing brings back what was not saved. */
export function withRestored(steps: Steps, places: PlanPlace[]): Steps {
  return { ...withStep(steps, places), saved: places };
}

/** Somebody else saved: each step has their places, except those that were changed here. */
export function onLatest(steps: Steps, theirs: PlanPlace[]): Steps {
  return { ...steps, list: steps.list.map((mine) => merged(mine, steps.saved, theirs)), saved: theirs };
}

function merged(mine: PlanPlace[], before: PlanPlace[], theirs: PlanPlace[]): PlanPlace[] {
  const [of, was, is] = [byKey(mine), byKey(before), byKey(theirs)];
  return [...new Set([...is.keys(), ...of.keys()])].flatMap((key) => (same(of.get(key), was.get(key)) ? is.get(key) : of.get(key)) ?? []);
}

function samePlaces(a: PlanPlace[], b: PlanPlace[]): boolean {
  if (a === b) return true;
  const other = byKey(b);
  return a.length === b.length && a.every((place) => same(place, other.get(keyOf(place))));
}

function same(a: PlanPlace | undefined, b: PlanPlace | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height);
}

const keyOf = (place: PlanPlace) => (place.gate ? `gate ${place.gate}` : `zone ${place.zone}`);
const byKey = (places: PlanPlace[]) => new Map(places.map((place) => [keyOf(place), place]));
