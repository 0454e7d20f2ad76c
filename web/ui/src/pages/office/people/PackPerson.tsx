import { FileZipOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Divider, Flex, Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';

import { registryApi } from '../../../api/registry';
import { useTexts } from '../../../language';
import { download } from '../../../parts/download';
import { Problem } from '../../../parts/Problem';
import { PackPasses } from './PackPasses';

/** Hands a person what is held about them, and who looked: their passes once a second person approved it. Who asked for it is recorded. */
export function PackPerson({ person, name, erased }: { person: string; name: string; erased: boolean }) {
  const t = useTexts().office;
  const [open, setOpen] = useState(false);
  const pack = useMutation({
    mutationFn: ({ askedBy }: { askedBy: string }) => registryApi.packPerson({ person, askedBy }),
    onSuccess: ({ zip, name: file }) => {
      download(file, zip.slice(), 'application/zip');
      setOpen(false);
    },
  });
  return (
    <>
      <Button icon={<FileZipOutlined />} onClick={() => setOpen(true)}>
        {t.pack}
      </Button>
      <Modal open={open} title={t.packTitle(name)} footer={null} onCancel={() => setOpen(false)} destroyOnHidden>
        <Form<{ askedBy: string }> layout="vertical" onFinish={(values) => pack.mutate(values)}>
          <Flex vertical gap={12}>
            <Typography.Text type="secondary">{t.packHint}</Typography.Text>
            <Form.Item name="askedBy" label={t.packAskedBy} rules={[{ required: true, whitespace: true, message: t.packAskedBy }]} style={{ margin: 0 }}>
              <Input maxLength={80} autoFocus />
            </Form.Item>
            {pack.error && <Problem error={pack.error} />}
            <Button type="primary" htmlType="submit" loading={pack.isPending}>
              {t.packMake}
            </Button>
          </Flex>
        </Form>
        {!erased && (
          <>
            <Divider />
            <PackPasses person={person} />
          </>
        )}
      </Modal>
    </>
  );
}
