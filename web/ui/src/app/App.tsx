import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useEffect, useMemo, useState } from 'react';

import { setAnswerLanguage } from '../api/transport';
import { firstLanguage, loadTexts, LanguageContext, type Language } from '../language';
import { client } from './client';
import { NightContext } from './night';
import { nonce } from './nonce';
import { Root } from './Root';
import { look } from './theme';

/** Everything: language, look and data around the pages. */
export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [night, setNight] = useState(() => localStorage.getItem('menshen.night') === 'yes');

  setAnswerLanguage(language);
  useEffect(() => {
    document.documentElement.lang = language;
    dayjs.locale(language === 'en' ? 'en' : 'zh-cn');
  }, [language]);
  useEffect(() => {
    document.documentElement.style.colorScheme = night ? 'dark' : 'light';
    document.body.style.background = night ? '#141414' : '#f5f3f0';
  }, [night]);

  const choice = useMemo(
    () => ({
      language,
      choose: (chosen: Language) => {
        localStorage.setItem('menshen.language', chosen);
        void loadTexts(chosen).then(() => setLanguage(chosen));
        void client.invalidateQueries();
      },
    }),
    [language],
  );
  const nights = useMemo(
    () => ({
      night,
      setNight: (on: boolean) => {
        localStorage.setItem('menshen.night', on ? 'yes' : 'no');
        setNight(on);
      },
    }),
    [night],
  );
  return (
    <LanguageContext.Provider value={choice}>
      <NightContext.Provider value={nights}>
        <ConfigProvider locale={language === 'en' ? enUS : zhCN} theme={look(night)} button={{ autoInsertSpace: false }} csp={nonce ? { nonce } : undefined}>
          <AntApp component={false}>
            <QueryClientProvider client={client}>
              <Root />
            </QueryClientProvider>
          </AntApp>
        </ConfigProvider>
      </NightContext.Provider>
    </LanguageContext.Provider>
  );
}
