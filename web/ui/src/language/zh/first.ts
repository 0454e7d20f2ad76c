// The texts of the way in.
import { account } from './account';
import { common } from './common';

export const first = { account, common };
