// Every text of the pages, by page and key. Chinese is written first; the type of English is made of it, so that a text
// which is missing in English does not compile. Texts with parameters are functions.
import { createContext, useContext } from 'react';

import { first as englishFirst } from './en/first';
import type { zh } from './zh';
import { first as chineseFirst } from './zh/first';

export type Language = 'zh-CN' | 'en';

/** The shape of all texts. */
export type Texts = typeof zh;

// The way in has texts of its own, so that the first page does not bring those of all others.
const loaded = new Map<Language, Partial<Texts>>([
  ['zh-CN', chineseFirst],
  ['en', englishFirst],
]);
let whole = false;

/** Fetches the texts of a language for the pages behind the way in; none before loadAllTexts was called. */
export async function loadTexts(language: Language): Promise<void> {
  if (whole) loaded.set(language, language === 'en' ? (await import('./en')).en : (await import('./zh')).zh);
}

/** Fetches all texts of a language, and from now on of any other. */
export async function loadAllTexts(language: Language): Promise<void> {
  whole = true;
  await loadTexts(language);
}

/** The texts of a language that were loaded. */
export function textsOf(language: Language): Texts {
  return loaded.get(language) as Texts;
}

/** The language that was chosen before, or that the browser asks for; Chinese where it asks for neither. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem('menshen.language');
  if (kept === 'zh-CN' || kept === 'en') return kept;
  for (const tag of navigator.languages) {
    if (tag.startsWith('zh')) return 'zh-CN';
    if (tag.startsWith('en')) return 'en';
  }
  return 'zh-CN';
}

interface Choice {
  language: Language;
  choose: (language: Language) => void;
}

export const LanguageContext = createContext<Choice>({ language: 'zh-CN', choose: () => {} });

/** The texts in the language of the page. */
export function useTexts(): Texts {
  return textsOf(useContext(LanguageContext).language);
}

export function useLanguage(): Choice {
  return useContext(LanguageContext);
}

/** What the server gives in both languages, in that of the page. */
export function inLanguage(text: { zh?: string; en?: string } | undefined, language: Language): string {
  if (!text) return '';
  return (language === 'en' ? text.en || text.zh : text.zh || text.en) ?? '';
}
