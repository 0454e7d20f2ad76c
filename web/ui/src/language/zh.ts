import { auditor } from './zh/auditor';
import { care } from './zh/care';
import { enrol } from './zh/enrol';
import { first } from './zh/first';
import { guard } from './zh/guard';
import { investigation } from './zh/investigation';
import { office } from './zh/office';
import { operation } from './zh/operation';
import { operator } from './zh/operator';
import { sitePlan } from './zh/siteplan';

export const zh = { ...first, auditor, care, enrol, guard, investigation, office, operation, operator, sitePlan };
