import type { Permit } from '../../../api/menshen/v1/registry_pb';
import type { Texts } from '../../../language';

type Words = Texts['care'];

/** When and where a permit is good, in as few words as it takes: nothing is said of every day, all day, every gate. */
export function termsOf(permit: Permit, t: Words, gateName: (id: string) => string): string[] {
  const terms = [];
  const days = weekdaysOf(permit.weekdays);
  if (days.length > 0 && days.length < 7) terms.push(days.map((day) => t.weekdays[day]).join(' '));
  if (permit.hours) terms.push(permit.hours);
  if (permit.gates.length > 0) terms.push(permit.gates.map(gateName).join(', '));
  if (permit.quota?.outings) terms.push(t.quotaEvery(permit.quota.days, permit.quota.outings) + (permit.quota.household ? t.ofHousehold : ''));
  return terms;
}

/** The days of a set, Monday first; bit 0 is Sunday. */
export function weekdaysOf(bits: number): number[] {
  return [1, 2, 3, 4, 5, 6, 0].filter((day) => bits & (1 << day));
}

/** A set of days; none is every day. */
export function weekdayBits(days: number[] | undefined): number {
  return (days ?? []).reduce((bits, day) => bits | (1 << day), 0);
}

/** Whether a text is hours of a day, such as 08:00-20:00. */
export function isHours(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d\s*-\s*(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text.trim());
}
