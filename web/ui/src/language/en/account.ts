import type { account as zh } from '../zh/account';

export const account: typeof zh = { name: 'Account', password: 'Password', signIn: 'Sign in' };
