import { account } from './zh/account';
import { auditor } from './zh/auditor';
import { common } from './zh/common';
import { guard } from './zh/guard';
import { investigation } from './zh/investigation';
import { office } from './zh/office';
import { operation } from './zh/operation';
import { operator } from './zh/operator';

export const zh = { account, auditor, common, guard, investigation, office, operation, operator };
