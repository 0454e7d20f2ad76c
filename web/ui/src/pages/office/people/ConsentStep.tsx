import { Code, ConnectError } from '@connectrpc/connect';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Checkbox, Flex, Form, Input, Segmented, Skeleton, Typography } from 'antd';
import { useLayoutEffect, useState } from 'react';
import { Link } from 'react-router';

import { peopleApi } from '../../../api/core';
import { consentsApi } from '../../../api/enrolment';
import { registryApi } from '../../../api/registry';
import type { Person } from '../../../api/menshen/v1/registry_pb';
import { inLanguage, useLanguage, useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { useLate } from '../../../parts/useLate';
import type { Subject } from './Enrol';
import { isChild, noFields, requestOf, whole, type PersonFields } from './fields';
import { BirthInputs, NameInputs } from './PersonInputs';
import { PersonSelect } from '../../../parts/PersonSelect';
import { SignaturePad } from './SignaturePad';

interface Fields extends PersonFields {
  signer: string;
}

interface Props {
  /** Somebody on record; absent for a new person. */
  person?: Person;
  born: string;
  /** Their face is enrolled: to refuse erases it. */
  enrolled: boolean;
  onChoose: (person: string | undefined) => void;
  onAgreed: (who: Subject) => void;
  onRefused: (who: Subject) => void;
}

/** Who it is, what they are told, and what they say to it. */
export function ConsentStep({ person, born, enrolled, onChoose, onAgreed, onRefused }: Props) {
  const texts = useTexts();
  const t = texts.enrol;
  const { language } = useLanguage();
  const client = useQueryClient();
  const { modal } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [known, setKnown] = useState(!!person);
  const [swapped, setSwapped] = useState(false);
  const [signature, setSignature] = useState('');
  const [byGuardian, setByGuardian] = useState(false);
  const [ownSigner, setOwnSigner] = useState(false); // typed, not taken from the name
  // A person who was put into the registry stays the same one when what comes after fails and is tried again.
  const [made, setMade] = useState<Subject>();

  const all = useQuery({ queryKey: ['consents', 'texts'], queryFn: () => consentsApi.listConsentTexts({}) });
  const before = useQuery({ queryKey: ['consents', person?.id], queryFn: () => consentsApi.listConsents({ person: person!.id }), enabled: !!person });
  const text = all.data?.texts[0];
  const child = isChild(person ? born : String(Form.useWatch('born', form) ?? ''));
  const name = String(Form.useWatch('name', form) ?? '');

  // Most people sign for themselves.
  useLayoutEffect(() => {
    if (!ownSigner) form.setFieldsValue({ signer: child ? '' : (person?.name ?? name) });
  }, [form, child, name, person, ownSigner]);

  const record = useMutation({
    mutationFn: async ({ refused, fields }: { refused: boolean; fields: Fields }) => {
      let who: Subject | undefined = person ? { id: person.id, name: person.name, fresh: false } : made;
      if (!who) {
        const put = await registryApi.putPerson(requestOf(whole(fields)));
        who = { id: put.person, name: fields.name.trim(), fresh: true };
        setMade(who);
      }
      await consentsApi.recordConsent({
        person: who.id, refused, version: text!.version, signer: (fields.signer ?? '').trim(), guardian: child || byGuardian, signature: refused ? '' : signature,
      });
      return { who, refused };
    },
    onSuccess: ({ who, refused }) => (refused ? onRefused(who) : onAgreed(who)),
    onError: (error) => {
      if (error instanceof ConnectError && error.code === Code.AlreadyExists) void client.invalidateQueries({ queryKey: ['consents', 'texts'] });
    },
  });
  const refuse = async () => {
    const fields = await form.validateFields(person ? [] : ['name', 'dwelling', 'born', 'guardian']).catch(() => undefined);
    if (!fields) return;
    const go = () => record.mutate({ refused: true, fields: { ...form.getFieldsValue(true) } });
    if (!enrolled || !person) return go();
    modal.confirm({ title: texts.office.withdrawAsk(person.name), content: texts.office.withdrawHint, okText: texts.common.yes, cancelText: texts.common.no, okButtonProps: { danger: true }, onOk: go });
  };

  if (all.error && !all.data) return <Problem error={all.error} onRetry={() => void all.refetch()} />;
  if (!text) return <Skeleton active />;
  const shown = swapped ? (language === 'en' ? 'zh-CN' : 'en') : language;
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ ...noFields, signer: person?.name ?? '' }} onFinish={(fields) => record.mutate({ refused: false, fields: { ...form.getFieldsValue(true), ...fields } })}>
      <Flex vertical gap={16}>
        <Card title={t.who}>
          <Flex vertical gap={16}>
            <Segmented
              style={{ alignSelf: 'start' }}
              value={known ? 'known' : 'new'}
              options={[
                { value: 'new', label: t.whoNew },
                { value: 'known', label: t.whoKnown },
              ]}
              onChange={(choice) => {
                setKnown(choice === 'known');
                if (choice === 'new' && person) onChoose(undefined);
              }}
            />
            {known ? (
              <PersonSelect autoFocus={!person} label={t.choosePerson} value={person?.id} known={person && `${person.name}　${person.dwelling}`} onChange={onChoose} />
            ) : (
              <div>
                <NameInputs autoFocus />
                {!made && <Namesakes name={name} onChoose={(id) => (setKnown(true), onChoose(id))} />}
                <BirthInputs />
              </div>
            )}
          </Flex>
        </Card>
        {before.data?.enrollable && person ? (
          <Card>
            <Flex vertical gap={12} align="start">
              <Alert type="success" showIcon title={t.already(text.version)} />
              <Button type="primary" size="large" onClick={() => onAgreed({ id: person.id, name: person.name, fresh: false })}>
                {t.stepCamera}
              </Button>
            </Flex>
          </Card>
        ) : (
          (!known || person) && (
            <Card
              title={t.consentText(text.version)}
              extra={
                <Flex gap={4} wrap>
                  <Button type="text" onClick={() => setSwapped(!swapped)}>
                    {swapped ? (language === 'en' ? 'English' : '中文') : t.otherLanguage}
                  </Button>
                </Flex>
              }
            >
              <Flex vertical gap={16}>
                <div tabIndex={0} role="region" aria-label={t.consentText(text.version)} lang={shown} style={{ maxHeight: 300, overflow: 'auto', whiteSpace: 'pre-wrap', lineHeight: 1.7, paddingInlineEnd: 8 }}>
                  {inLanguage(text.text, shown)}
                </div>
                {child ? <Alert type="info" showIcon title={t.childSigner} /> : <Checkbox checked={byGuardian} onChange={(event) => setByGuardian(event.target.checked)}>{t.byGuardian}</Checkbox>}
                <Form.Item name="signer" label={t.signer} rules={[{ required: true, whitespace: true, message: t.needSigner }]} style={{ maxWidth: 320, marginBottom: 0 }}>
                  <Input autoComplete="off" maxLength={80} onChange={() => setOwnSigner(true)} />
                </Form.Item>
                <SignaturePad value={signature} onChange={setSignature} />
                {record.error && <Problem error={record.error} />}
                <Flex gap={12} wrap>
                  <Button type="primary" size="large" htmlType="submit" loading={record.isPending && !record.variables.refused}>
                    {t.agree}
                  </Button>
                  <Button size="large" loading={record.isPending && record.variables.refused} onClick={() => void refuse()}>
                    {t.refuse}
                  </Button>
                </Flex>
                <Typography.Text type="secondary">
                  <Link to="/office/consent">{t.otherVersions}</Link>
                </Typography.Text>
              </Flex>
            </Card>
          )
        )}
      </Flex>
    </Form>
  );
}

/** Others of the same name: one human being has one record. */
function Namesakes({ name, onChoose }: { name: string; onChoose: (person: string) => void }) {
  const t = useTexts().enrol;
  const asked = useLate(name.trim(), 400);
  const found = useQuery({ queryKey: ['people', 'listPeople', asked, 'namesakes'], queryFn: () => peopleApi.listPeople({ query: asked, limit: 20 }), enabled: asked.length > 1 });
  const same = (found.data?.people ?? []).filter((view) => view.name === asked).slice(0, 5);
  if (same.length === 0) return null;
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: 24 }}
      title={t.namesake}
      description={
        <Flex gap={8} wrap>
          {same.map((view) =>
            view.state === 'inactive' ? (
              <Link key={view.id} to={`/office/people/${encodeURIComponent(view.id)}`}>
                {view.name} {view.dwelling}
              </Link>
            ) : (
              <Button key={view.id} size="small" onClick={() => onChoose(view.id)}>
                {view.name} {view.dwelling}
              </Button>
            ),
          )}
        </Flex>
      }
    />
  );
}
