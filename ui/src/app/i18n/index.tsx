import i18next from 'i18next';
import type { ReactElement } from 'react';
import { initReactI18next, Trans } from 'react-i18next';
import { createStore, useStore } from '@/store';
import { pseudoTree } from './pseudo';
import { en, type Namespace, namespaces } from './resources';

/** Languages a person can choose. The made-up one exists to find text that was forgotten. */
export const languages = [
  { code: 'en', name: 'English', locale: 'en-GB' },
  { code: 'en-XA', name: 'Ëñĝļîšĥ (test)', locale: 'en-GB' },
] as const;

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  ns: namespaces,
  defaultNS: 'common',
  resources: { en },
  interpolation: { escapeValue: false },
  returnNull: false,
  // Names from the core contain underscores, which would be taken for contexts.
  contextSeparator: '~',
  initAsync: false,
});

export async function setLanguage(code: string): Promise<void> {
  if (code === 'en-XA' && !i18next.hasResourceBundle('en-XA', 'common')) {
    for (const namespace of namespaces) i18next.addResourceBundle('en-XA', namespace, pseudoTree(en[namespace]));
  }
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
  document.documentElement.dir = i18next.dir(code);
  language.set(code);
}

/** The locale for dates and amounts. */
export function locale(): string {
  return languages.find((language) => language.code === i18next.language)?.locale ?? i18next.language ?? 'en-GB';
}

type Plain<K extends string> = K extends `${infer Stem}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Stem : K;
type Paths<O> = { [K in keyof O & string]: O[K] extends string ? Plain<K> : `${K}.${Paths<O[K]>}` }[keyof O & string];

type Texts = typeof en;
/** A text with its area: `states:server.running`. */
export type TextKey = { [N in Namespace]: `${N}:${Paths<Texts[N]>}` }[Namespace];
export type Values = Readonly<Record<string, string | number>>;

/** Gives the text of a key. Only keys that exist are accepted; those of other areas carry their area in front. */
export type T<N extends Namespace = 'common'> = (key: Paths<Texts[N]> | TextKey, values?: Values) => string;

const language = createStore('en');
const fixed = new Map<string, unknown>();

/** One function per language and area: a table asks for it hundreds of times. */
export function useT<N extends Namespace = 'common'>(namespace?: N): T<N> {
  const code = useStore(language);
  const key = `${code}/${namespace ?? 'common'}`;
  let t = fixed.get(key) as T<N> | undefined;
  if (!t) {
    t = i18next.getFixedT(code, namespace ?? 'common') as unknown as T<N>;
    fixed.set(key, t);
  }
  return t;
}

/** The same outside of React: for what is computed when a key is pressed. */
export const text: T = (key, values) => i18next.t(key as string, values ?? {}) as string;

/** Whether there is a text under a key that the core made up at run time. */
export function hasText(key: string): boolean {
  return i18next.exists(key);
}

/** A sentence with marked parts: `<0>…</0>` becomes the first component. */
export function Rich({ k, values, parts }: { k: TextKey; values?: Values; parts: readonly ReactElement[] }) {
  useStore(language);
  return <Trans i18nKey={k as never} values={values as never} components={parts as never} />;
}

export { i18next };
export type { Namespace };
