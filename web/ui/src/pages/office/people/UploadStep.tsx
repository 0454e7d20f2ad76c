import { InboxOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Upload } from 'antd';
import { useState } from 'react';

import { useTexts } from '../../../language';
import type { Shot, Verdict } from './PictureStep';
import { ShotCard } from './ShotCard';

const mostFiles = 10;
const mostBytes = 20 << 20; // of one, as the server has it
const mostTogether = 60 << 20;

interface Props {
  verdicts: Verdict[];
  storing: boolean;
  onStore: (shots: Shot[]) => void;
  onAgain: () => void;
}

/** Photographs from files: dropped or chosen, several at once, each with what became of it. */
export function UploadStep({ verdicts, storing, onStore, onAgain }: Props) {
  const t = useTexts().enrol;
  const [files, setFiles] = useState<File[]>([]);
  const [spare, setSpare] = useState(false);
  const tooBig = (file: File) => file.size > mostBytes;
  const good = files.filter((file) => !tooBig(file));
  const together = good.reduce((sum, file) => sum + file.size, 0);
  // The server speaks of those that it was sent, in their order.
  const verdictOf = (file: File): Verdict | undefined =>
    tooBig(file) ? { name: file.name, accepted: false, words: t.tooBig(Math.ceil(file.size / (1 << 20))) } : verdicts[good.indexOf(file)];
  return (
    <Flex vertical gap={16}>
      <Upload.Dragger
        accept="image/jpeg,image/png,.jpg,.jpeg,.png"
        multiple
        showUploadList={false}
        beforeUpload={(_, list) => {
          // It is called for each of a list, which is taken once.
          if (_ === list[0]) {
            // What was judged has had its turn.
            const kept = verdicts.length > 0 ? [] : files;
            if (verdicts.length > 0) onAgain();
            setSpare(kept.length + list.length > mostFiles);
            setFiles([...kept, ...list].slice(0, mostFiles));
          }
          return false;
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{t.drop}</p>
        <p className="ant-upload-hint">{t.dropHint}</p>
      </Upload.Dragger>
      {spare && <Alert type="info" showIcon title={t.tooMany} />}
      {together > mostTogether && <Alert type="error" showIcon title={t.tooMuch} />}
      <Flex gap={16} wrap>
        {files.map((file, i) => (
          <ShotCard
            // oxlint-disable-next-line react/no-array-index-key -- two files may have one name
            key={`${i} ${file.name}`}
            blob={file}
            label={file.name}
            verdict={verdictOf(file)}
            onRemove={verdicts.length === 0 && !storing ? () => setFiles(files.filter((other) => other !== file)) : undefined}
          />
        ))}
      </Flex>
      {verdicts.length === 0 && (
        <Button
          type="primary"
          size="large"
          style={{ alignSelf: 'start' }}
          disabled={good.length === 0 || together > mostTogether}
          loading={storing}
          onClick={() => onStore(good.map((file) => ({ name: file.name, blob: file })))}
        >
          {storing ? t.storing : t.store}
        </Button>
      )}
    </Flex>
  );
}
