import { MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button, Flex, Tag, theme, Typography } from 'antd';
import { useEffect } from 'react';

import type { GetSessionResponse } from '../../api/menshen/v1/account_pb';
import { useNight } from '../../app/night';
import { useLanguage, useTexts } from '../../language';
import { SignInCard } from './SignInCard';

/** The way in, as a page of its own. */
export function SignIn({ state }: { state: GetSessionResponse }) {
  const { common: c, account: t } = useTexts();
  const { language, choose } = useLanguage();
  const { night, setNight } = useNight();
  const { token } = theme.useToken();
  const site = language === 'en' ? state.siteEn || state.site : state.site;

  useEffect(() => {
    document.title = `${t.signIn} · ${c.product}`;
  }, [t, c]);
  return (
    <Flex vertical style={{ minHeight: '100vh', padding: 16 }}>
      <Flex component="header" justify="end" gap={4}>
        <Button type="text" icon={night ? <SunOutlined /> : <MoonOutlined />} aria-label={night ? c.day : c.night} onClick={() => setNight(!night)} />
        <Button type="text" icon={<TranslationOutlined />} lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
          {language === 'en' ? '中文' : 'English'}
        </Button>
      </Flex>
      <Flex component="main" vertical align="center" justify="center" gap={24} style={{ flex: 1, paddingBottom: '8vh' }}>
        <Flex vertical align="center" gap={8}>
          <img src="/favicon.svg" alt="" width={72} height={72} />
          <Typography.Title level={1} style={{ fontSize: 26, margin: 0, textAlign: 'center' }}>
            {site || c.product}
          </Typography.Title>
          {site && <Typography.Text type="secondary">{c.product}</Typography.Text>}
          {state.simulated && <Tag color="warning">{c.simulated}</Tag>}
        </Flex>
        {/* Ant Design's Card brings its Tabs along, 13 KB before the first use. */}
        <div style={{ boxSizing: 'border-box', width: '100%', maxWidth: 400, padding: 24, borderRadius: 12, background: token.colorBgContainer, border: `1px solid ${token.colorBorderSecondary}` }}>
          <SignInCard state={state} />
        </div>
      </Flex>
    </Flex>
  );
}
