import { afterEach, expect, it } from 'vitest';
import { setLanguage } from '@/app/i18n';
import { appError } from '@/test/core';
import { errorText } from './errorText';
import { phraseText } from './phrase';

const late = { code: 'fault.timeout', params: { provider: 'contabo' } };
const nobody = { code: 'waits.nobody', params: {} };
const inside = (phrase: unknown) => JSON.stringify(phrase);

afterEach(() => setLanguage('en'));

it('why it waits and why nothing goes on are both said', () => {
  expect(phraseText({ code: 'waits.both', params: { why: inside(late), off: inside(nobody) } })).toBe('Contabo did not answer in time. No worker is running');
});

it('a sentence inside another is in the reader’s language, however deep', async () => {
  const deep = { code: 'action.incomplete.ready', params: { server: '5', why: inside({ code: 'evidence.not_locked', params: { why: inside(late) } }) } };
  await setLanguage('en-XA');
  const said = phraseText(deep);
  // Each of the three is marked as translated.
  expect(said).toMatch(/⟦.*⟦.*⟦/);
  expect(said).not.toContain('did not answer');
});

it('what is no phrase is somebody’s own words, and quoted', () => {
  const said = (why: string) => phraseText({ code: 'evidence.ids_not_kept', params: { why } });
  expect(said('SSL: no route')).toBe('WHMCS was not told of the request ids: “SSL: no route”');
  expect(said('{"code": 5}')).toContain('“{"code": 5}”');
  expect(said('null')).toContain('“null”');
  expect(said('{"code":"no.such.code","params":{"n":"7"}}')).toContain('no.such.code · 7');
});

it('a verb that its state forbids says why, with the values of the reason', () => {
  const words = errorText(appError('state_forbids', { params: { state: 'retryable', why: 'rule.busy', action: '12' } }));
  expect(words.title).toBe('A-12 is at work on it.');
  expect(words.hint).toContain('retryable');
});
