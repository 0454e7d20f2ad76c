import type { operator as zh } from '../zh/operator';

export const operator: typeof zh = {};
