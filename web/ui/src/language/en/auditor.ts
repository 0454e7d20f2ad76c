import type { auditor as zh } from '../zh/auditor';

export const auditor: typeof zh = {};
