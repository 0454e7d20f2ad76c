// A person as the forms have them: plain texts, so that two states can be compared field by field.
import type { PersonRecord } from '../../../api/menshen/v1/registry_pb';

export interface PersonFields {
  name: string;
  dwelling: string;
  state: string;
  phone: string;
  documentKind: string;
  documentNumber: string;
  born: string;
  role: string;
  guardian: string;
  language: string;
}

export const noFields: PersonFields = { name: '', dwelling: '', state: 'active', phone: '', documentKind: '', documentNumber: '', born: '', role: '', guardian: '', language: '' };

/** What the server has, as a form shows it. */
export function fieldsOf(record: PersonRecord): PersonFields {
  const { person, particulars } = record;
  return {
    name: person?.name ?? '',
    dwelling: person?.dwelling ?? '',
    state: person?.state || 'active',
    phone: particulars?.phone ?? '',
    documentKind: particulars?.documentKind ?? '',
    documentNumber: particulars?.documentNumber ?? '',
    born: particulars?.born ?? '',
    role: particulars?.role ?? '',
    guardian: particulars?.guardian ?? '',
    language: particulars?.language ?? '',
  };
}

/** What a form has, as the server takes it. */
export function requestOf(fields: PersonFields) {
  const { name, dwelling, state, documentNumber, ...rest } = fields;
  return {
    name: name.trim(),
    dwelling: dwelling.trim(),
    state,
    particulars: { ...rest, phone: rest.phone.trim(), born: rest.born.trim(), documentNumber: documentNumber.trim(), documentKind: documentNumber.trim() ? rest.documentKind || 'id_card' : '' },
  };
}

/** A form's values, with a text for every field. */
export function whole(values: Partial<PersonFields>): PersonFields {
  const all = { ...noFields };
  for (const key of Object.keys(all) as (keyof PersonFields)[]) all[key] = values[key] ?? (key === 'state' ? 'active' : '');
  return all;
}

/** Whether a day of birth, 1990-05-31, is that of a child who does not consent. */
export function isChild(born: string): boolean {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(born.trim());
  if (!day) return false;
  const now = new Date();
  const birthday = new Date(Number(day[1]) + 14, Number(day[2]) - 1, Number(day[3]));
  return birthday > now;
}

export const dwellingPattern = /^\s*[^-\s]{1,16}-[^-\s]{1,16}-B?\d{1,3}-[^-\s]{1,16}\s*$/;
export const emoji = /[\p{So}\p{Sk}\p{Cc}\p{Co}]/u;
