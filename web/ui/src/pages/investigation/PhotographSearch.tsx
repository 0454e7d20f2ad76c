import { CameraOutlined, PictureOutlined, UploadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Input, Modal, Skeleton, Tag, Typography } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';

import { casesApi } from '../../api/case';
import type { PhotographMatch } from '../../api/menshen/v1/case_pb';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { word } from './tags';

const largest = 20 << 20; // bytes that the server takes

interface Props {
  /** Within which case; none while one is requested. */
  caseId?: string;
  /** What the case that is requested is for: without it nobody's face is looked for. */
  purpose?: string;
  onPurpose?: (purpose: string) => void;
  onChoose: (person: { id: string; name: string; dwelling: string }) => void;
}

/** Finds somebody in the registry by a photograph: from a file, or from the camera of a tablet. Nothing of it is kept. */
export function PhotographSearch({ caseId = '', purpose = '', onPurpose, onChoose }: Props) {
  const texts = useTexts();
  const t = texts.investigation;
  const { language } = useLanguage();
  const [open, setOpen] = useState(false);
  const [file, setFile] = useState<File>();
  const pick = useRef<HTMLInputElement>(null);
  const shoot = useRef<HTMLInputElement>(null);
  const search = useMutation({ mutationFn: async (photograph: File) => casesApi.findByPhotograph({ photograph: new Uint8Array(await photograph.arrayBuffer()), case: caseId, purpose }) });
  const picture = useObjectUrl(file);
  const missing = !caseId && purpose.trim() === '';
  const tooLarge = file && file.size > largest;
  const take = (taken?: File) => {
    if (!taken || missing) return;
    search.reset();
    setFile(taken);
    if (taken.size <= largest) search.mutate(taken);
  };
  const close = () => {
    setOpen(false);
    setFile(undefined);
    search.reset();
  };
  const answer = search.data;
  return (
    <>
      <Button icon={<PictureOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t.byPhotograph}
      </Button>
      <Modal open={open} title={t.byPhotographTitle} onCancel={close} footer={null} destroyOnHidden>
        <Typography.Paragraph type="secondary">{t.photographHint}</Typography.Paragraph>
        {!caseId && (
          <Form layout="vertical" component={false}>
            <Form.Item label={t.purpose} htmlFor="photograph-purpose" extra={t.photographPurpose}>
              <Input.TextArea id="photograph-purpose" rows={2} maxLength={500} value={purpose} onChange={(e) => onPurpose?.(e.target.value)} />
            </Form.Item>
          </Form>
        )}
        <Flex gap={8} wrap style={{ marginBlockEnd: 16 }}>
          <input ref={pick} type="file" accept="image/jpeg,image/png" hidden aria-label={t.photographFile} onChange={(e) => take(e.target.files?.[0])} />
          <input ref={shoot} type="file" accept="image/*" capture="environment" hidden aria-label={t.photographCamera} onChange={(e) => take(e.target.files?.[0])} />
          <Button type="primary" icon={<UploadOutlined aria-hidden />} disabled={search.isPending || missing} onClick={() => pick.current?.click()}>
            {t.photographFile}
          </Button>
          <Button icon={<CameraOutlined aria-hidden />} disabled={search.isPending || missing} onClick={() => shoot.current?.click()}>
            {t.photographCamera}
          </Button>
        </Flex>
        <Flex vertical gap={12} aria-live="polite">
          {picture && !tooLarge && <img src={picture} alt={t.photographGiven} style={{ maxHeight: 160, maxWidth: '100%', objectFit: 'contain', alignSelf: 'flex-start', borderRadius: 8 }} />}
          {tooLarge && <Alert type="error" showIcon role="alert" title={t.photographTooLarge} />}
          {search.isPending && (
            <>
              <Typography.Text>{t.photographLooking}</Typography.Text>
              <Skeleton active title={false} paragraph={{ rows: 2 }} />
            </>
          )}
          {search.error && <Problem error={search.error} onRetry={() => take(file)} />}
          {answer?.refused && <Alert type="warning" showIcon title={inLanguage(answer.refused.message, language)} description={inLanguage(answer.refused.hint, language)} />}
          {answer && answer.doubts.length > 0 && <Alert type="warning" showIcon title={t.photographDoubts} description={answer.doubts.map((d) => inLanguage(d, language)).join(' · ')} />}
          {answer && !answer.refused && answer.people.length === 0 && <Alert type="info" showIcon title={t.photographNobody} description={t.photographNobodyHint} />}
          {answer?.people.map((match) => (
            <Match
              key={match.person?.id}
              of={match}
              onChoose={() => {
                onChoose({ id: match.person!.id, name: match.person!.name, dwelling: match.person!.dwelling });
                close();
              }}
            />
          ))}
        </Flex>
      </Modal>
    </>
  );
}

function Match({ of, onChoose }: { of: PhotographMatch; onChoose: () => void }) {
  const t = useTexts().investigation;
  const kept = useMemo(() => (of.photograph.length > 0 ? new Blob([new Uint8Array(of.photograph)]) : undefined), [of.photograph]);
  const picture = useObjectUrl(kept);
  const name = of.person?.name ?? '';
  return (
    <Flex gap={12} align="center">
      {picture ? (
        <img src={picture} alt={t.photographKept(name)} style={{ width: 72, height: 72, objectFit: 'cover', borderRadius: 8, flex: 'none' }} />
      ) : (
        <Flex align="center" justify="center" style={{ width: 72, height: 72, borderRadius: 8, flex: 'none', background: 'rgba(128,128,128,.12)', fontSize: 28 }} aria-hidden>
          {name.slice(0, 1)}
        </Flex>
      )}
      <Flex vertical style={{ flex: 1 }}>
        <Typography.Text strong>{name}</Typography.Text>
        <Typography.Text type="secondary">{of.person?.dwelling}</Typography.Text>
        <span>
          <Tag color={of.likeness === 'sure' ? 'success' : 'warning'}>{word(t.likeness, of.likeness)}</Tag>
        </span>
      </Flex>
      <Button onClick={onChoose} aria-label={t.photographChoose(name)}>
        {t.choose}
      </Button>
    </Flex>
  );
}

/** An address for what is shown, until it is shown no more. */
function useObjectUrl(of?: Blob): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!of) {
      setUrl(undefined);
      return;
    }
    const made = URL.createObjectURL(of);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [of]);
  return url;
}
