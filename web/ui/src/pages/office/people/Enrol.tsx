import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Result, Skeleton, Steps, Typography } from 'antd';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { ConsentStep } from './ConsentStep';
import { IssueCredential } from './IssueCredential';
import { PictureStep } from './PictureStep';

export interface Subject {
  id: string;
  name: string;
  /** Put into the registry just now, by this page. */
  fresh: boolean;
}

type Stage = { at: 'consent' } | { at: 'pictures'; who: Subject } | { at: 'refused'; who: Subject } | { at: 'done'; who: Subject; accepted: number };

/** Enrols a face on one page: who it is and consent, pictures, done. Whoever refuses gets something as good. */
export default function Enrol() {
  const texts = useTexts();
  const t = texts.enrol;
  const navigate = useNavigate();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const asked = params.get('person') ?? '';
  const [stage, setStage] = useState<Stage>({ at: 'consent' });
  const [round, setRound] = useState(0); // of the forms: each begins empty
  const known = useQuery({ queryKey: ['registry', 'getPerson', asked], queryFn: () => registryApi.getPerson({ person: asked }), enabled: asked !== '' });

  const go = (next: Stage) => {
    setStage(next);
    scrollTo(0, 0);
    for (const key of [['people'], ['registry'], ['consents'], ['households']]) void client.invalidateQueries({ queryKey: key });
  };
  const another = () => {
    setParams({}, { replace: true });
    setRound(round + 1);
    setStage({ at: 'consent' });
  };
  const open = (id: string) => void navigate(`/office/people/${encodeURIComponent(id)}`);
  const person = known.data?.record?.person;
  const step = { consent: 0, pictures: 1, refused: 2, done: 2 }[stage.at];

  return (
    <Flex vertical gap={16} style={{ maxWidth: 960 }}>
      <Typography.Title level={1} style={{ fontSize: 24, margin: 0 }}>
        {t.title}
        {'who' in stage && ` · ${stage.who.name}`}
      </Typography.Title>
      <Steps current={step} size="small" responsive={false} items={[{ title: t.stepConsent }, { title: t.stepCamera }, { title: t.stepDone }]} />
      {known.error && <Problem error={known.error} onRetry={() => void known.refetch()} />}
      {asked && !person && !known.error && <Skeleton active />}
      {stage.at === 'consent' && (!asked || person) && (
        <ConsentStep
          key={`${asked} ${round}`}
          person={person}
          enrolled={(known.data?.record?.templates ?? 0) > 0}
          born={known.data?.record?.particulars?.born ?? ''}
          onChoose={(id) => setParams(id ? { person: id } : {}, { replace: true })}
          onAgreed={(who) => go({ at: 'pictures', who })}
          onRefused={(who) => go({ at: 'refused', who })}
        />
      )}
      {stage.at === 'pictures' && (
        <PictureStep
          subject={stage.who}
          onDone={(accepted) => go({ at: 'done', who: stage.who, accepted })}
          onSame={open}
        />
      )}
      {stage.at === 'refused' && (
        <Card>
          <Flex vertical gap={16}>
            <Alert type="success" showIcon role="status" title={t.refusedDone} />
            <IssueCredential person={stage.who.id} name={stage.who.name} />
            <Flex gap={8} wrap>
              <Button onClick={() => open(stage.who.id)}>{t.openPerson}</Button>
              <Button onClick={another}>{t.another}</Button>
            </Flex>
          </Flex>
        </Card>
      )}
      {stage.at === 'done' && (
        <Card>
          <Result
            status="success"
            title={t.done(stage.who.name)}
            subTitle={stage.accepted > 0 ? t.doneHint(stage.accepted) : t.nothingNew}
            extra={[
              <Button key="another" type="primary" size="large" onClick={another}>
                {t.another}
              </Button>,
              <Button key="open" size="large" onClick={() => open(stage.who.id)}>
                {t.openPerson}
              </Button>,
            ]}
          />
        </Card>
      )}
    </Flex>
  );
}
