import { account } from './en/account';
import { auditor } from './en/auditor';
import { common } from './en/common';
import { guard } from './en/guard';
import { investigation } from './en/investigation';
import { office } from './en/office';
import { operation } from './en/operation';
import { operator } from './en/operator';

import type { Texts } from './index';
export const en: Texts = { account, auditor, common, guard, investigation, office, operation, operator };
