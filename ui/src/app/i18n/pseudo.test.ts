import { expect, it } from 'vitest';
import { i18next, setLanguage, text } from '.';
import { pseudoText } from './pseudo';

it('changes every word and no placeholder', () => {
  const made = pseudoText('Type <0>{{text}}</0> to go on');
  expect(made).toContain('<0>{{text}}</0>');
  expect(made).not.toContain('Type');
  expect(made.length).toBeGreaterThan('Type <0>{{text}}</0> to go on'.length * 1.2);
});

it('can be chosen like any language', async () => {
  await setLanguage('en-XA');
  expect(text('cancel')).toBe(pseudoText('Cancel'));
  expect(document.documentElement.lang).toBe('en-XA');
  await setLanguage('en');
  expect(text('cancel')).toBe('Cancel');
});

it('puts foreign text in as it is, whatever it looks like', () => {
  const foreign = '{{host}} $t(cancel) <b>x</b>';
  expect(i18next.t('errors:rejected.title', { text: foreign, host: 'no' })).toContain(foreign);
});
