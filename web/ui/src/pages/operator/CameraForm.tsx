import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button, Flex, Form, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';

import { camerasApi } from '../../api/camera';
import { siteApi } from '../../api/core';
import { inLanguage, useLanguage, useTexts } from '../../language';
import { Problem } from '../../parts/Problem';
import { CameraPicture, type Corner } from './CameraPicture';

export interface CameraValues {
  id: string;
  gate: string;
  source: string;
  direction: string;
  transport: string;
  region?: Corner[];
  /** The camera is in the file already: its id is what it is known by. */
  fixedId?: boolean;
}

/** One camera: what it is, a picture of it to try, and the part of the picture in which faces count. */
export function CameraForm({ first, onClose }: { first: CameraValues; onClose: () => void }) {
  const texts = useTexts();
  const t = texts.operator;
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<CameraValues>();
  const [region, setRegion] = useState<Corner[]>(first.region ?? []);
  const site = useQuery({ queryKey: ['site', 'getSite'], queryFn: () => siteApi.getSite({}) });
  const settings = (values: CameraValues) => ({ camera: { ...values, region } });
  const attempt = useMutation({ mutationFn: async () => camerasApi.tryCamera(settings(await form.validateFields())) });
  const save = useMutation({
    mutationFn: (values: CameraValues) => camerasApi.putCamera(settings(values)),
    onSuccess: () => {
      void message.success(t.saved);
      onClose();
    },
  });
  return (
    <Modal open title={first.fixedId ? first.id : t.addCamera} width={760} footer={null} onCancel={onClose} maskClosable={false}>
      <Form form={form} layout="vertical" initialValues={first} onFinish={save.mutate} disabled={save.isPending}>
        <Flex gap={12} wrap>
          <Form.Item name="id" label={t.cameraId} extra={t.cameraIdHint} rules={[{ required: true }]} style={{ flex: '1 1 200px' }}>
            <Input disabled={first.fixedId} placeholder="east-1" autoFocus={!first.fixedId} />
          </Form.Item>
          <Form.Item name="gate" label={t.gate} rules={[{ required: true }]} style={{ flex: '1 1 200px' }}>
            <Select
              loading={site.isLoading}
              options={site.data?.site?.gates.map((gate) => ({ value: gate.id, label: `${inLanguage(gate.name, language)} (${gate.id})` }))}
            />
          </Form.Item>
        </Flex>
        <Form.Item name="source" label={t.address} extra={t.addressHint} rules={[{ required: true }]}>
          <Input placeholder="rtsp://user:password@192.0.2.10:554/stream1" autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Flex gap={24} wrap>
          <Form.Item name="direction" label={t.direction}>
            <Segmented options={[{ value: 'in', label: t.inward }, { value: 'out', label: t.outward }]} />
          </Form.Item>
          <Form.Item name="transport" label={t.transport}>
            <Segmented options={['tcp', 'udp']} />
          </Form.Item>
        </Flex>
        {attempt.error instanceof Error && <Problem error={attempt.error} />}
        {attempt.data && <CameraPicture picture={attempt.data} region={region} onRegion={setRegion} />}
        {save.error && <Problem error={save.error} />}
        <Flex justify="end" gap={8} style={{ marginTop: 16 }}>
          <Button onClick={() => attempt.mutate()} loading={attempt.isPending}>
            {attempt.isPending ? t.trying : t.try}
          </Button>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!attempt.data && !first.fixedId} title={attempt.data ? undefined : t.tryFirst}>
            {texts.common.save}
          </Button>
        </Flex>
      </Form>
    </Modal>
  );
}
