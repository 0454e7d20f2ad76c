import type { Texts } from '../../language';

/** The numbers of a policy that people ask for first, in words. The text of the policy has them all. */
export function policyNumbers(yaml: string, t: Texts['investigation']): { label: string; words: string }[] {
  const line = (key: string) => new RegExp(`^${key}:\\s*(.+)$`, 'm').exec(yaml)?.[1] ?? '';
  const value = (text: string, key: string) => new RegExp(`\\b${key}:\\s*([^,}\\s]+)`).exec(text)?.[1];
  const window = line('window');
  const follow = line('follow');
  const rules = [...yaml.matchAll(/^ {2}- id:/gm)].length;
  const found: { label: string; words: string | undefined }[] = [
    { label: t.numbers.onset, words: value(window, 'before_onset') && t.numbers.before(value(window, 'before_onset')!) },
    { label: t.numbers.sample, words: value(window, 'before_sample') && t.numbers.before(value(window, 'before_sample')!) },
    { label: t.numbers.until, words: value(window, 'until_isolation') === 'true' ? t.numbers.isolation : undefined },
    { label: t.numbers.generations, words: /^generations:\s*(\d+)/m.exec(yaml)?.[1] },
    { label: t.numbers.rules, words: rules ? String(rules) : undefined },
    { label: t.numbers.follow, words: value(follow, 'days') && t.numbers.days(value(follow, 'days')!) },
    { label: t.numbers.fever, words: value(follow, 'fever') && `${value(follow, 'fever')} ℃` },
  ];
  return found.flatMap(({ label, words }) => (words ? [{ label, words }] : []));
}
