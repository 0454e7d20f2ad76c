// Entries of the audit log in words. What no text knows, such as an action of a later version, is shown as it is kept.
import type { AuditEntry } from '../../api/menshen/v1/account_pb';
import type { Texts } from '../../language';

// These say nothing to people: which call it was, and how much it might give.
const silent = new Set(['request', 'session', 'limit', 'before']);

export function actionWords(t: Texts['auditor'], action: string): string {
  return t.actions[action] ?? action;
}

export function actorWords(t: Texts['auditor'], { actor, actorName }: AuditEntry): string {
  if (actorName) return actorName;
  if (actor === 'nobody') return t.nobody;
  if (actor === 'menshen') return t.menshen;
  if (actor === 'operator@terminal') return t.terminal;
  return /^(office|investigator|guard|reader|operator)@/.test(actor) ? t.token(actor) : actor;
}

/** The details that say something, as label and value. */
export function detailWords(texts: Texts, detail: string): [label: string, value: string][] {
  const t = texts.auditor;
  let all: unknown;
  try {
    all = JSON.parse(detail || '{}');
  } catch {
    return [['', detail]];
  }
  if (typeof all !== 'object' || all === null || Array.isArray(all)) return [['', detail]];
  return Object.entries(all)
    .filter(([key, value]) => !silent.has(key) && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => [t.keys[key] ?? key, valueWords(texts, key, value)]);
}

function valueWords(texts: Texts, key: string, value: unknown): string {
  const t = texts.auditor;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (Array.isArray(value)) return value.map((one) => valueWords(texts, key, one)).join(t.listed);
  if (key === 'roles' || key === 'role') return (texts.account.role as Record<string, string>)[String(value).toUpperCase()] ?? String(value);
  if (key === 'action') return actionWords(t, String(value));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The actions by what they are about, for choosing. */
export function actionChoices(t: Texts['auditor']) {
  const of: Record<string, keyof Texts['auditor']['groups']> = {
    accounts: 'account', people: 'person', household: 'person', households: 'person', passes: 'pass', review: 'console', reviews: 'console', annotations: 'pass', face: 'console', display: 'console', gates: 'gate', site: 'gate', occupancy: 'gate', doors: 'gate',
    temperature: 'health', temperatures: 'health', returnees: 'health', permits: 'permit', credential: 'permit', credentials: 'permit', visits: 'visit', delivery: 'visit', deliveries: 'visit', forms: 'form', answers: 'form', link: 'form', policy: 'rules', tracing_policies: 'rules', tracing_policy: 'rules', calibration: 'template', templates: 'template', cases: 'case', hub: 'camera',
  };
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const [value, label] of Object.entries(t.actions)) {
    const area = value.slice(0, value.indexOf('.'));
    const group = of[area] ?? (area as keyof Texts['auditor']['groups']);
    groups.set(group, [...(groups.get(group) ?? []), { value, label }]);
  }
  return [...groups].map(([group, options]) => ({ label: t.groups[group as keyof Texts['auditor']['groups']], options }));
}
