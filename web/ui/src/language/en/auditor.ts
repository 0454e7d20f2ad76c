import type { auditor as zh } from '../zh/auditor';

export const auditor: typeof zh = {
  audit: 'Audit log', actor: 'Who', action: 'What was done', subject: 'To whom or what', purpose: 'Purpose', detail: 'Details', at: 'Time', sequence: 'No.',
  empty: 'No entry fits. Ask for less.', earlier: 'Earlier entries', actionHint: 'Part of the action', subjectHint: 'Part of the subject',
};
