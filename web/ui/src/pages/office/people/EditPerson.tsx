import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';

import { registryApi } from '../../../api/registry';
import type { PersonRecord } from '../../../api/menshen/v1/registry_pb';
import { useTexts } from '../../../language';
import { EditDrawer } from './EditDrawer';
import { fieldsOf, requestOf, whole, type PersonFields } from './fields';
import { NameInputs, ParticularsInputs } from './PersonInputs';

/** Edits a person and what the office knows of them. */
export function EditPerson({ record, onClose }: { record: PersonRecord; onClose: () => void }) {
  const t = useTexts().office;
  const { message } = App.useApp();
  const client = useQueryClient();
  const id = record.person!.id;
  const labels = {
    name: t.name, dwelling: t.dwelling, state: t.state, phone: t.phone, documentKind: t.documentKind, documentNumber: t.document, born: t.born,
    role: t.role, guardian: t.guardian, language: t.noticeLanguage,
  };
  const words = (field: string, value: string) => {
    switch (field) {
      case 'documentKind':
        return t.documentKinds[value] ?? value;
      case 'role':
        return t.roles[value] ?? value;
      case 'language':
        return t.noticeLanguages[value] ?? value;
      case 'state':
        return value === 'inactive' ? t.inactive : t.active;
    }
    return value;
  };
  return (
    <EditDrawer<PersonFields & Record<string, string>>
      title={t.edit}
      start={{ revision: record.revision, fields: fieldsOf(record) as PersonFields & Record<string, string> }}
      labels={labels}
      words={words}
      whole={(values) => whole(values) as PersonFields & Record<string, string>}
      latest={async () => {
        const { record: now } = await registryApi.getPerson({ person: id });
        return { revision: now!.revision, fields: fieldsOf(now!) as PersonFields & Record<string, string> };
      }}
      save={async (fields, revision) => {
        await registryApi.putPerson({ person: id, revision, ...requestOf(fields) });
        void message.success(t.saved);
        for (const key of [['registry'], ['people'], ['households']]) void client.invalidateQueries({ queryKey: key });
      }}
      onClose={onClose}
    >
      <NameInputs autoFocus />
      <ParticularsInputs />
    </EditDrawer>
  );
}
