import { account } from './zh/account';
import { auditor } from './zh/auditor';
import { care } from './zh/care';
import { common } from './zh/common';
import { guard } from './zh/guard';
import { investigation } from './zh/investigation';
import { office } from './zh/office';
import { operator } from './zh/operator';

export const zh = { account, auditor, care, common, guard, investigation, office, operator };
