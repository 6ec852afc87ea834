import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hasText } from '@/app/i18n';
import { blocked, restartPlan, warned } from '@/test/plan';
import { toldBy } from './Guardrails';

it('what is said of rows is told once, with the rows it is said of, after what is said of the plan', () => {
  const plan = restartPlan(6, { 0: [blocked], 2: [blocked], 3: [warned], 4: [{ ...blocked, ruling: 'pass' }] });
  expect(toldBy(plan).map(({ verdict, rows }) => [verdict.guardrail, verdict.ruling, rows])).toEqual([
    ['rate', 'pass', []],
    ['open_tickets', 'warn', ['vps-3']],
    ['protected', 'block', ['vps-0', 'vps-2']],
  ]);
});

it('what the plan says as a whole is not said again for its rows', () => {
  const plan = restartPlan(2, { 0: [blocked] }, { verdicts: [{ ...blocked, reason: { code: 'guard.protected', params: { pattern: 'all' } } }] });
  expect(toldBy(plan)).toHaveLength(1);
});

it('every guardrail of the core has its name', () => {
  const root = '../src-tauri/crates/console/src';
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rs') && /plan|kinds/.test(path));
  const names = new Set<string>();
  for (const path of sources) {
    const [code = ''] = readFileSync(`${root}/${path}`, 'utf8').split('#[cfg(test)]');
    for (const hit of code.matchAll(/Verdict::(?:block|warn|pass)\(\s*"(\w+)"|\b(?:blocks|warns|passes)\(\s*"([a-z_]+)"/g)) names.add((hit[1] ?? hit[2]) as string);
  }
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !hasText(`plan:guardrail.${name}`))).toEqual([]);
});
