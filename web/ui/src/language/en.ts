import { auditor } from './en/auditor';
import { care } from './en/care';
import { enrol } from './en/enrol';
import { first } from './en/first';
import { guard } from './en/guard';
import { investigation } from './en/investigation';
import { office } from './en/office';
import { operation } from './en/operation';
import { operator } from './en/operator';
import { sitePlan } from './en/siteplan';

import type { Texts } from './index';
export const en: Texts = { ...first, auditor, care, enrol, guard, investigation, office, operation, operator, sitePlan };
