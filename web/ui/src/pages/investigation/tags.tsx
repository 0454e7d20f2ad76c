import { Tag } from 'antd';

import type { Case, CaseContact, PolicyRef } from '../../api/menshen/v1/case_pb';
import { useTexts, type Texts } from '../../language';

const stateColours: Record<string, string> = { requested: 'warning', open: 'success', refused: 'default', closed: 'default' };
const levelColours: Record<string, string> = { close: 'error', secondary: 'warning', general: 'processing', copresent: 'default' };

/** Where a case stands. */
export function CaseState({ of }: { of: Case }) {
  const t = useTexts().investigation;
  return (
    <>
      <Tag color={stateColours[of.state]}>{word(t.states, of.state)}</Tag>
      {of.expired && <Tag color="error">{t.expired}</Tag>}
    </>
  );
}

/** The level of a contact, with the risk where the policy names one. */
export function Level({ level, risk }: { level: string; risk?: string }) {
  const t = useTexts().investigation;
  if (!level) return <>–</>;
  return (
    <Tag color={levelColours[level]}>
      {word(t.levels, level)}
      {risk && ` · ${word(t.risks, risk)}`}
    </Tag>
  );
}

/** A name and where they live. */
export function Who({ of }: { of?: CaseContact['person'] }) {
  return (
    <>
      {of?.name || '–'} <span style={{ fontSize: '0.9em', marginInlineStart: 4 }}>{of?.dwelling}</span>
    </>
  );
}

/** What a code of the API is called; the code itself where a later server knows more. */
export function word(words: Record<string, string>, code: string): string {
  return words[code] ?? code;
}

/** A version of a policy, as the API takes it. */
export function policyText(ref?: PolicyRef): string {
  if (!ref) return '–';
  return ref.version ? `${ref.id}@${ref.version}` : ref.id;
}

/** A version in words, as the list of policies has it. */
export function versionWords(ref: PolicyRef | undefined, t: Texts['investigation']): string {
  return ref?.version ? t.versionOf(Number(ref.version)) : t.builtin;
}

/** Choices of all codes that have words. */
export function choices(words: Record<string, string>): { value: string; label: string }[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}
