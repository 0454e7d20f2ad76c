import { MenuOutlined, MoonOutlined, SunOutlined, TranslationOutlined, UserOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Drawer, Dropdown, Flex, Grid, Layout, Menu, Tag, theme, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';

import { signInApi } from '../api/account';
import { useLanguage, useTexts } from '../language';
import { wordsOf } from '../parts/Problem';
import { useNight } from './night';
import { Offline } from './Offline';
import type { Page } from './pages';
import { useSession } from './session';
import './shell.css';

/** What is around every page: the name of the site, the menu of one's roles, language, night mode and the own account. */
export function Shell({ pages }: { pages: Page[] }) {
  const texts = useTexts();
  const t = texts.common;
  const { language, choose } = useLanguage();
  const { night, setNight } = useNight();
  const { state, account, may } = useSession();
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { message } = App.useApp();

  // The keyboard and screen readers go on at the new page; the first page leaves them at the top.
  const arrived = useRef(pathname);
  useEffect(() => {
    if (arrived.current === pathname) return;
    arrived.current = pathname;
    document.getElementById('content')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [pathname]);

  const signOut = useMutation({
    mutationFn: () => signInApi.signOut({}),
    onSuccess: () => location.replace('/'), // a new document has nothing of what was seen
    onError: (error) => void message.error(wordsOf(error, t.offline, language)),
  });

  const shown = pages.filter((page) => page.icon && may(page.roles) && page.path !== 'account');
  const here = shown.find((page) => pathname === `/${page.path}` || pathname.startsWith(`/${page.path}/`));
  const menu = (
    <Menu
      mode="inline"
      selectedKeys={here ? [here.path] : []}
      items={shown.map((page) => ({ key: page.path, icon: page.icon, label: page.title(texts) }))}
      onClick={({ key }) => {
        setOpen(false);
        void navigate(`/${key}`);
      }}
      style={{ borderInlineEnd: 'none', background: 'transparent' }}
    />
  );
  return (
    <Layout style={{ minHeight: '100vh' }}>
      <a href="#content" className="skip">
        {t.skip}
      </a>
      <Layout.Header
        style={{ background: token.colorBgContainer, borderBottom: `1px solid ${token.colorBorderSecondary}`, paddingInline: 16, height: 56, lineHeight: '56px', position: 'sticky', top: 0, zIndex: 10 }}
      >
        <Flex align="center" gap={12} style={{ height: '100%' }}>
          {!wide && <Button type="text" icon={<MenuOutlined />} aria-label={t.menu} onClick={() => setOpen(true)} />}
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <Typography.Text strong ellipsis style={{ fontSize: 17, flex: 1 }}>
            {(language === 'en' ? state.siteEn || state.site : state.site) || t.product}
          </Typography.Text>
          {state.simulated && wide && <Tag color="warning">{t.simulated}</Tag>}
          <Button type="text" icon={night ? <SunOutlined /> : <MoonOutlined />} aria-label={night ? t.day : t.night} title={night ? t.day : t.night} onClick={() => setNight(!night)} />
          <Button type="text" icon={<TranslationOutlined />} aria-label={`${t.language}: ${language === 'en' ? '中文' : 'EN'}`} title={t.language} onClick={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
            {language === 'en' ? '中文' : 'EN'}
          </Button>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'account', label: t.myAccount, onClick: () => void navigate('/account') },
                { key: 'out', label: t.signOut, onClick: () => signOut.mutate() },
              ],
            }}
          >
            <Button type="text" icon={<UserOutlined />} aria-label={account.shown || account.name}>
              {wide && (account.shown || account.name)}
            </Button>
          </Dropdown>
        </Flex>
      </Layout.Header>
      <Layout>
        {wide ? (
          <Layout.Sider width={208} style={{ background: token.colorBgContainer }} role="navigation" aria-label={t.menu}>
            <div style={{ position: 'sticky', top: 56, paddingBlock: 8 }}>{menu}</div>
          </Layout.Sider>
        ) : (
          <Drawer placement="left" open={open} onClose={() => setOpen(false)} size={260} title={t.menu}>
            {menu}
          </Drawer>
        )}
        <Layout.Content id="content" role="main" tabIndex={-1} style={{ padding: wide ? 24 : 12, outline: 'none', minWidth: 0 }}>
          <Offline />
          <Outlet />
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
