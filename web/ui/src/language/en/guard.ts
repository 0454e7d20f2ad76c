import type { guard as zh } from '../zh/guard';

export const guard: typeof zh = {};
