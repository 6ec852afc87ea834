import { expect, it } from 'vitest';
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
