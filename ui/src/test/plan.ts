import type { Change, Plan, Verdict } from '@/ipc';

/** A restart plan of `count` servers; verdicts by row. */
export function restartPlan(count: number, verdicts: Record<number, Verdict[]> = {}, more: Partial<Plan> = {}): Plan {
  const changes = Array.from({ length: count }, (_, index): Change => ({
    index,
    target: { kind: 'instance', id: 1000 + index, name: `vps-${index}`, service_id: 40 + index, client_id: index % 3, client_name: `Client ${index % 3}` },
    facts: [],
    impact: 'restart',
    down_seconds: 38,
    money_now: null,
    money_month: null,
    verdicts: verdicts[index] ?? [],
  }));
  const blocked = changes.filter((c) => c.verdicts.some((v) => v.ruling === 'block')).length;
  return {
    id: 4471,
    kind: 'power.restart',
    title: { code: 'plan.power.restart', params: { count: String(count), name: 'vps-0' } },
    origin: 'servers',
    created_at: '2026-11-20T14:02:11Z',
    state: 'open',
    impact: 'restart',
    changes,
    totals: { changes: count - blocked, blocked, clients: Math.min(3, count), down_seconds: 40, money_now: [], money_month: [], wiped: 0 },
    verdicts: [{ guardrail: 'rate', ruling: 'pass', reason: { code: 'guard.no_tickets', params: {} } }],
    confirmation: { kind: 'press' },
    basis: changes.map((c) => ({ key: `instance:${c.target.id}`, version: 'a', as_of: '2026-11-20T14:02:11Z' })),
    ...more,
  };
}

export const blocked: Verdict = { guardrail: 'protected', ruling: 'block', reason: { code: 'guard.protected', params: { pattern: 'db-*' } } };
export const warned: Verdict = { guardrail: 'open_tickets', ruling: 'warn', reason: { code: 'guard.ticket', params: { count: '1', tickets: '#8841' } } };
