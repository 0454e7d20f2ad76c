import { account } from './zh/account';
import { auditor } from './zh/auditor';
import { care } from './zh/care';
import { common } from './zh/common';
import { enrol } from './zh/enrol';
import { guard } from './zh/guard';
import { investigation } from './zh/investigation';
import { office } from './zh/office';
import { operation } from './zh/operation';
import { operator } from './zh/operator';
import { sitePlan } from './zh/siteplan';

export const zh = { account, auditor, care, common, enrol, guard, investigation, office, operation, operator, sitePlan };
