import i18next, { type TFunction } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { pseudoTree } from './pseudo';
import { en, type Namespace, namespaces } from './resources';

/** Languages a person can choose. The made-up one exists to find text that was forgotten. */
export const languages = [
  { code: 'en', name: 'English', locale: 'en-GB' },
  { code: 'en-XA', name: 'Ëñĝļîšĥ (test)', locale: 'en-GB' },
] as const;

export type LanguageCode = (typeof languages)[number]['code'];

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  ns: namespaces,
  defaultNS: 'common',
  resources: { en },
  interpolation: { escapeValue: false },
  returnNull: false,
  initAsync: false,
});

export async function setLanguage(code: string): Promise<void> {
  if (code === 'en-XA' && !i18next.hasResourceBundle('en-XA', 'common')) {
    for (const namespace of namespaces) i18next.addResourceBundle('en-XA', namespace, pseudoTree(en[namespace]));
  }
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
  document.documentElement.dir = i18next.dir(code);
}

/** The locale for dates and amounts. */
export function locale(): string {
  return languages.find((language) => language.code === i18next.language)?.locale ?? i18next.language ?? 'en-GB';
}

/** Text of one area; the other areas are reached as `states:…`, `common:…`. */
export function useT<N extends Namespace = 'common'>(namespace?: N) {
  return useTranslation([namespace ?? ('common' as N), ...namespaces] as unknown as readonly [N, ...Namespace[]]).t;
}

export type { Namespace, TFunction };
export { i18next };
