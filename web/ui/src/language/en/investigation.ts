import type { investigation as zh } from '../zh/investigation';

export const investigation: typeof zh = {};
