import { CameraOutlined, UploadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Card, Flex, Tabs } from 'antd';
import { useState } from 'react';

import { peopleApi, photosApi } from '../../../api/core';
import { useLanguage, useTexts, inLanguage } from '../../../language';
import { Problem } from '../../../parts/Problem';
import { CameraStep } from './CameraStep';
import { Duplicate } from './Duplicate';
import type { Subject } from './Enrol';
import { UploadStep } from './UploadStep';

export interface Shot {
  name: string;
  blob: Blob;
}

interface Props {
  subject: Subject;
  onDone: (accepted: number) => void;
  /** It is somebody who is enrolled already. */
  onSame: (person: string) => void;
}

/** Pictures of a face, by camera or from files, and what enrolment says of each. */
export function PictureStep({ subject, onDone, onSame }: Props) {
  const t = useTexts().enrol;
  const { language } = useLanguage();
  const [way, setWay] = useState('camera');
  const enrol = useMutation({
    mutationFn: async ({ shots, lookAlike }: { shots: Shot[]; lookAlike: boolean }) =>
      photosApi.enroll({
        person: subject.id, lookAlike,
        photos: await Promise.all(shots.map(async ({ name, blob }) => ({ name, data: new Uint8Array(await blob.arrayBuffer()) }))),
      }),
    onSuccess: (answer) => {
      const accepted = answer.photos.filter((photo) => photo.accepted).length;
      // Of pictures that were all enrolled before nothing is left to do.
      if (accepted > 0 || answer.photos.every((photo) => photo.code === 'duplicate')) onDone(accepted);
    },
  });
  const same = useMutation({
    mutationFn: async (other: string) => {
      if (subject.fresh) await peopleApi.removePerson({ person: subject.id });
      return other;
    },
    onSuccess: onSame,
  });
  const results = enrol.data?.photos ?? [];
  const like = results.find((photo) => photo.other);
  const shots = enrol.variables?.shots ?? [];
  const store = (taken: Shot[]) => enrol.mutate({ shots: taken, lookAlike: false });

  if (like) {
    return (
      <Flex vertical gap={12}>
        <Duplicate
          shot={shots[results.indexOf(like)]?.blob}
          other={like.other}
          pending={enrol.isPending}
          onSame={() => same.mutate(like.other)}
          onOther={() => enrol.mutate({ shots, lookAlike: true })}
        />
        {(same.error ?? enrol.error) && <Problem error={same.error ?? enrol.error} />}
      </Flex>
    );
  }
  const verdicts = results.map((photo) => ({
    name: photo.name, accepted: photo.accepted, words: photo.accepted ? '' : [inLanguage(photo.message, language), inLanguage(photo.hint, language)].filter(Boolean).join(language === 'en' ? '; ' : '。'),
  }));
  return (
    <Card>
      {results.length > 0 && !results.some((photo) => photo.accepted) && <Alert type="warning" showIcon role="alert" title={t.noneAccepted} style={{ marginBottom: 16 }} />}
      {enrol.error && (
        <div style={{ marginBottom: 16 }}>
          <Problem error={enrol.error} onRetry={() => enrol.mutate(enrol.variables!)} />
        </div>
      )}
      <Tabs
        activeKey={way}
        onChange={(key) => {
          enrol.reset();
          setWay(key);
        }}
        destroyOnHidden
        items={[
          { key: 'camera', label: t.camera, icon: <CameraOutlined />, children: <CameraStep verdicts={verdicts} storing={enrol.isPending} onStore={store} onAgain={enrol.reset} /> },
          { key: 'upload', label: t.upload, icon: <UploadOutlined />, children: <UploadStep verdicts={verdicts} storing={enrol.isPending} onStore={store} onAgain={enrol.reset} /> },
        ]}
      />
    </Card>
  );
}

export interface Verdict {
  name: string;
  accepted: boolean;
  words: string;
}
