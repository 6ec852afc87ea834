import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { hasText, setLanguage } from '@/app/i18n';
import { appError } from '@/test/core';
import { errorText } from './errorText';
import { problemKey, problemText } from './problem';

afterEach(() => setLanguage('en'));

const said = [/invalid\(\s*[^,()]*(?:\([^()]*\))?[^,()]*,\s*"([^"]+)"\s*,?\s*\)/g, /InputProblem::new\(\s*[^,]+,\s*"([^"]+)"/g, /\("problem",\s*"([^"]+)"/g, /\bwrong\("([^"]+)"\)/g, /let problem =\s*"([^"]+)"/g];

it('what the core finds wrong with a value has words in every language', () => {
  const root = '../src-tauri/crates';
  const problems = new Set<string>();
  for (const crate of ['commands', 'console']) {
    for (const path of readdirSync(`${root}/${crate}/src`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rs'))) {
      const [code = ''] = readFileSync(`${root}/${crate}/src/${path}`, 'utf8').split('#[cfg(test)]');
      for (const shape of said) for (const hit of code.matchAll(shape)) if (hit[1]?.includes(' ') && !hit[1].includes('{')) problems.add(hit[1]);
    }
  }
  expect(problems.size).toBeGreaterThan(40);
  expect([...problems].filter((problem) => !hasText(`problems:${problemKey(problem)}`))).toEqual([]);
});

it('figures and words in it stay, and what nobody translated is shown as it was said', async () => {
  expect(problemText('must be 1 to 86400')).toBe('must be 1 to 86400');
  await setLanguage('en-XA');
  expect(problemText('must be 1 to 86400')).toMatch(/^⟦.*1.*86400.*⟧$/);
  expect(problemText('is missing')).toContain('⟦');
  expect(problemText('is taken by another server')).toBe('is taken by another server');
  expect(errorText(appError('invalid_input', { params: { field: 'days', problem: 'is missing' } })).title).not.toContain('is missing');
});
