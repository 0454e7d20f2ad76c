import dayjs from 'dayjs';

import type { Texts } from '../../language';
import type { Clock } from '../../parts/clock';

const judgement = /^(\w+), generation (\d+), risk (\S+), rule (\S+), policy (\S+)$/;
const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

/** A value of the history in words: codes by their names, times on the clocks of the site. */
export function historyValue(field: string, value: string, clock: Clock, t: Texts['investigation']): string {
  const named = (words: Record<string, string>, code: string) => words[code] ?? code;
  const judged = judgement.exec(value);
  if (judged) {
    const [, level = '', generation = '', risk = '-', rule = '-', policy = ''] = judged;
    return [named(t.levels, level), t.generationOf(Number(generation)), risk !== '-' && named(t.risks, risk), rule !== '-' && named(t.rules, rule), policy.replace(/@0$/, '')].filter(Boolean).join(' · ');
  }
  switch (field) {
    case 'state':
      return named(t.states, value);
    case 'status':
      return named(t.statuses, value);
    case 'source':
      return named(t.sources, value);
    case 'policy':
      return value.replace(/@0$/, '');
  }
  return value.replace(stamp, (at) => clock.write(dayjs(at).valueOf(), 'YYYY-MM-DD HH:mm'));
}
