import type { ActionDetail, ActionRow, AppState, ClientPage, ClientRow, FieldInfo, KindInfo, LogEntry, LogRow, ProfileSummary, QueueBoard, RightRow, RightsReport, ServerPage, ServerRow, Status, TimelineEntry } from '@/ipc';

/** Believable records, as the core hands them out. */
const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export const profile: ProfileSummary = {
  id: 'acme', name: 'Acme Hosting', colour: 'petrol', environment: 'production', whmcs_url: 'https://billing.acme.example/', contabo_url: 'https://api.contabo.com/', contabo_user: 'api@acme.example', session_only: false,
};

export const appState: AppState = { version: '0.1.0', profiles: [profile], current: profile, operator: 'ana', keychain: { kind: 'available', name: 'Secret Service' }, problem: null, tray: 'shown' };

export const status: Status = {
  freshness: (['whmcs', 'contabo'] as const).map((provider) => ({ provider, as_of: at(0), last_answer: new Date(Date.now() + 60_000).toISOString(), syncing: false, offline: false, error: null, next_try: null, kinds: [] })),
  queue_open: 3, queue_running: 1, needs_you: 1, paused: false, tickets_waiting: 8, invoices_overdue: 4, other_worker: false,
};

export function serverRow(id: number, more: Partial<ServerRow> = {}): ServerRow {
  return {
    id, name: `vps-${id}`, service_id: 1000 + id, client_id: id % 5, client_name: `Client ${id % 5}`, state: 'running', provider_status: 'running', region: 'EU', data_center: 'European Union 2',
    product_id: 'V95', size: 'Cloud VPS 20 SSD', ipv4: `203.0.113.${id % 250}`, ipv6: `2001:db8:${id}::1`, next_due: '2026-12-01', cancel_date: null, price: { amount: '12.90', currency: 'EUR' },
    tags: ['prod', 'whmcs:1042'], action_id: null, as_of: at(1), ...more,
  };
}

export const servers: ServerRow[] = [
  serverRow(202718441, { name: 'vps-dana-1', service_id: 1042, client_id: 17, client_name: 'Dana Okafor', ipv4: '203.0.113.42' }),
  serverRow(2, { state: 'restarting', action_id: 90418 }),
  serverRow(3, { state: 'stopped', provider_status: 'stopped' }),
  serverRow(4, { cancel_date: '2026-11-28' }),
  serverRow(5, { state: 'error', provider_status: 'error' }),
  serverRow(6, { service_id: null, client_id: null, client_name: null, price: null, next_due: null, name: 'a-name-that-is-much-longer-than-any-column-will-ever-be-wide' }),
  ...Array.from({ length: 40 }, (_, i) => serverRow(10 + i)),
];

export function timeline(): TimelineEntry[] {
  return [
    { at: at(4), title: { code: 'timeline.action.succeeded', params: { kind: 'power.restart' } }, lines: [{ code: 'timeline.action.by', params: { action: '90418', by: 'ana' } }], tone: 'ok', source: 'action', action_id: 90418, request_id: '7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d' },
    { at: at(2000), title: { code: 'timeline.evidence.audit', params: {} }, lines: [], tone: 'warn', source: 'audit', action_id: null, request_id: null },
    { at: at(3000), title: { code: 'timeline.evidence.state', params: {} }, lines: [], tone: 'idle', source: 'invoice', action_id: null, request_id: null },
  ];
}

export const serverPage: ServerPage = {
  row: servers[0] as ServerRow,
  facts: [
    { fact: 'status', whmcs: 'Active', contabo: 'running', verdict: 'agree', reason: null },
    { fact: 'product', whmcs: 'VPS 20 NVMe', contabo: 'Cloud VPS 20', verdict: 'agree', reason: null },
    { fact: 'ipv4', whmcs: '203.0.113.42', contabo: '203.0.113.42', verdict: 'agree', reason: null },
    { fact: 'renews', whmcs: '2026-12-01', contabo: null, verdict: 'one_sided', reason: null },
    { fact: 'region', whmcs: 'Europe', contabo: 'US-central', verdict: 'differ', reason: null },
  ],
  machine: [{ code: 'cpu', text: '6' }, { code: 'ram', text: '12 GB' }, { code: 'disk', text: '200 GB SSD' }, { code: 'mac', text: '00:50:56:3c:12:9a' }, { code: 'host', text: '18201' }, { code: 'default_user', text: 'root' }],
  addresses: ['203.0.113.42', '2001:db8:42::1'],
  abilities: [
    { kind: 'power.start', allowed: false, reason: { code: 'rule.already_running', params: {} }, impact: 'keep' },
    { kind: 'power.stop', allowed: true, reason: null, impact: 'restart' },
    { kind: 'power.shutdown', allowed: true, reason: null, impact: 'restart' },
    { kind: 'power.restart', allowed: true, reason: null, impact: 'restart' },
  ],
  error_message: null,
};

export const client: ClientRow = { id: 17, name: 'Dana Okafor', company: 'Okafor Studio', email: 'dana@okafor.example', status: 'Active', currency: 'EUR', services: 4, servers: 2, tickets: 1, overdue: { amount: '25.80', currency: 'EUR' }, created: '2024-03-03' };

export const clientPage: ClientPage = {
  row: client,
  facts: [{ code: 'phone', text: '+49 30 5550 17' }, { code: 'address', text: 'Torstraße 12, 10119 Berlin, DE' }],
  unpaid: [{ amount: '38.70', currency: 'EUR' }], monthly: [{ amount: '61.60', currency: 'EUR' }], invoices: 42, services_all: 6, tickets_all: 9, as_of: at(1),
};

const states = ['unknown', 'running', 'retryable', 'failed', 'held', 'ready', 'ready', 'succeeded', 'cancelled'] as const;

export const actions: ActionRow[] = states.map((state, i): ActionRow => ({
  id: 90418 + i, state, kind: ['power.restart', 'power.stop', 'power.start', 'power.shutdown'][i % 4] as string,
  target: { kind: 'instance', id: 202718441 + i, name: `vps-dana-${i + 1}`, service_id: 1042 + i, client_id: 17, client_name: 'Dana Okafor' },
  waits: state === 'ready' ? { code: 'waits.behind', params: { count: String(i) } } : state === 'unknown' ? { code: 'waits.evidence', params: {} } : null,
  next_try: state === 'retryable' || state === 'ready' ? at(-2) : null, tries: i % 3, lane: 'contabo', by: 'ana', plan_id: 4471, created_at: at(20 + i), updated_at: at(i),
}));

export const board: QueueBoard = {
  counts: (['held', 'ready', 'running', 'retryable', 'unknown', 'failed', 'succeeded', 'cancelled'] as const).map((state, i) => ({ state, count: [3, 12, 2, 4, 1, 2, 318, 5][i] as number, aside: state === 'unknown' ? { code: 'board.needs_you', params: {} } : state === 'succeeded' ? { code: 'board.today', params: {} } : null })),
  paused: false, stopped: false, by: null, since: null, lanes: [], rates: [{ provider: 'contabo', calls: 41 }, { provider: 'whmcs', calls: 12 }], worker: 'here',
};

export const actionDetail: ActionDetail = {
  row: actions[0] as ActionRow,
  notice: { code: 'notice.unknown', params: {} },
  events: [
    { at: at(3), title: { code: 'timeline.journalled', params: { number: '1' } }, lines: [{ code: 'timeline.call', params: { call: 'POST /v1/compute/instances/202718441/actions/restart', hash: '41d0aa…c7' } }], tone: 'idle', source: 'action', action_id: null, request_id: null },
    { at: at(2), title: { code: 'timeline.event.lose_track', params: {} }, lines: [], tone: 'warn', source: 'action', action_id: null, request_id: null },
    { at: at(1), title: { code: 'timeline.evidence.audit', params: {} }, lines: [{ code: 'evidence.audit_absent', params: { until: at(-5) } }], tone: 'idle', source: 'action', action_id: null, request_id: null },
  ],
  attempts: [{ number: 1, step: 'send', request_id: '5b0e7f3a-2c41-4d18-9f6e-03d7a1c288e4', call: 'POST /v1/compute/instances/202718441/actions/restart', body_hash: '41d0aa12bc7f', journalled_at: at(3), sent_at: at(3), answered_at: null, outcome: 'unknown', result: 'cut' }],
  evidence: [{ at: at(1), source: 'audit', says: { code: 'evidence.audit_seen', params: { at: at(3), by: 'api@acme' } }, speaks_for: 'applied' }],
  steps: [],
  verbs: [
    { verb: 'look_again', allowed: true, reason: null, needs_reason: false },
    { verb: 'mark_done', allowed: true, reason: null, needs_reason: true },
    { verb: 'mark_not_done', allowed: false, reason: { code: 'verb.evidence_against', params: { source: 'audit' } }, needs_reason: true },
    { verb: 'retry_now', allowed: false, reason: { code: 'verb.settle_first', params: {} }, needs_reason: false },
    { verb: 'hold', allowed: false, reason: { code: 'verb.sent', params: {} }, needs_reason: false },
    { verb: 'cancel', allowed: false, reason: { code: 'verb.sent', params: {} }, needs_reason: false },
  ],
};

const outcomes = ['ok', 'ok', 'throttled', 'failed', 'cut', 'ok', 'rejected', 'timeout'] as const;

export const calls: LogRow[] = Array.from({ length: 40 }, (_, i) => {
  const whmcs = i % 4 === 1;
  const outcome = outcomes[i % outcomes.length] as string;
  return {
    id: 5000 - i, at: at(i), provider: whmcs ? 'whmcs' : 'contabo', operation: whmcs ? 'GetClientsProducts' : 'startInstance', method: whmcs || i % 3 === 0 ? 'POST' : 'GET',
    path: whmcs ? 'GetClientsProducts' : `/v1/compute/instances/202718441/actions/restart?some=very&long=query&page=${i}`,
    status: { ok: 200, rejected: 200, throttled: 429, failed: 503 }[outcome as 'ok'] ?? null, outcome, ms: 80 + i * 37, request_id: `7c1e40b2-88d5-4f06-a1c9-2be7700d${9000 + i}`, action_id: i % 3 === 0 ? 90418 : null,
    snippet: whmcs ? 'instance_id 202718441' : null,
  };
});

export const logEntry: LogEntry = {
  row: calls[0] as LogRow, url: 'https://api.contabo.com/v1/compute/instances/202718441/actions/restart', effect: 'once', trace_id: 'rackdesk-A-90418-1',
  request_headers: [{ name: 'authorization', value: 'Bearer [redacted]' }, { name: 'x-request-id', value: '7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d' }], request_body: '{}',
  reply_headers: [{ name: 'content-type', value: 'application/json' }], reply_body: '{"data":[{"tenantId":"INT","customerId":"[redacted]","instanceId":202718441,"action":"restart"}]}', reply_bytes: 412, detail: null,
  curl: 'curl -X POST \\\n  "https://api.contabo.com/v1/compute/instances/202718441/actions/restart" \\\n  -H "Authorization: Bearer $CONTABO_TOKEN"',
};

const right = (provider: string, operation: string, more: Partial<RightRow>): RightRow => ({
  provider, operation, area: 'Billing', effect: 'read', path: '', state: 'allowed', source: 'asked', needs: operation, error: null, ...more,
});

export const rights: RightsReport = {
  at: at(60), running: false, partial: false, user: 'api@acme.example', roles: ['Operator'],
  rows: [
    right('whmcs', 'GetInvoices', {}),
    right('whmcs', 'GetTickets', { area: 'Tickets', state: 'denied' }),
    right('whmcs', 'AddOrder', { area: 'Orders', effect: 'once', state: 'unknown', source: 'not_tried' }),
    right('contabo', 'retrieveInstancesList', { area: 'Instances', path: 'GET /v1/compute/instances', needs: 'READ /v1/compute/instances' }),
    right('contabo', 'stop', { area: 'Instance actions', path: 'POST /v1/compute/instances/{instanceId}/actions/stop', effect: 'once', state: 'denied', source: 'role', needs: 'CREATE /v1/compute/instances/{instanceId}/actions' }),
  ],
};

const field = (name: string, holds: string, required = true): FieldInfo => ({ name, holds, most: holds === 'text' ? 255 : null, choices: [], required });
const kind = (name: string, more: Partial<KindInfo>): KindInfo => ({ kind: name, target_kind: 'instance', impact: 'keep', money: false, typed: false, fields: [], allowed: true, reason: null, ...more });

export const kinds: KindInfo[] = [
  kind('power.restart', { impact: 'restart' }),
  kind('server.rename', { fields: [field('display_name', 'text')] }),
  kind('server.rescue', { impact: 'restart', allowed: false, reason: { code: 'rule.busy', params: { action: '7' } } }),
  kind('server.reinstall', { impact: 'wipe', typed: true, fields: [field('image_id', 'image')] }),
  kind('snapshot.create', { fields: [field('name', 'text'), field('description', 'long_text', false)] }),
  kind('snapshot.rollback', { impact: 'wipe', typed: true, fields: [field('snapshot_id', 'snapshot')] }),
];

/** Answers of a core in which everything is well. */
export function answers(): Record<string, (input: never) => unknown> {
  const window = (rows: unknown[]) => () => ({ rows, next: null });
  return {
    app_state: () => appState,
    status: () => status,
    preferences: () => ({ values: {} }),
    preference_set: () => null,
    list_totals: ({ list }: { list: string }) => ({ matching: 46, all: 46, sums: [], facets: list === 'servers' ? [{ field: 'state', values: [{ value: 'running', count: 44 }, { value: 'stopped', count: 1 }] }] : [] }),
    list_ids: () => servers.map((s) => s.id),
    servers_window: window(servers),
    server_page: () => serverPage,
    timeline,
    server_audits: () => [],
    server_snapshots: () => [{ id: 'snap1', name: 'before-php-8-4', description: '', created: at(600), expires: at(-40_000), image: 'Debian 12' }],
    action_kinds: ({ target_kind }: { target_kind: string }) => kinds.filter((k) => k.target_kind === target_kind),
    field_choices: () => [{ value: 'img-13', label: 'Debian 13', aside: '13', group: 'standard' }, { value: 'img-own', label: 'Golden', aside: '', group: 'own' }],
    rights_report: () => rights,
    client_page: () => clientPage,
    services_window: window([{ id: 1042, client_id: 17, client_name: 'Dana Okafor', product: 'VPS 20 NVMe', domain: 'vps-dana-1.okafor.example', status: 'Active', cycle: 'Monthly', price: { amount: '12.90', currency: 'EUR' }, next_due: '2026-12-01', instance_id: 202718441, server_state: 'running', ipv4: '203.0.113.42' }]),
    invoices_window: window([]),
    tickets_window: window([]),
    queue_board: () => board,
    plans_waiting: () => [],
    queue_window: window(actions),
    action_detail: ({ id }: { id: number }) => ({ ...actionDetail, row: actions.find((a) => a.id === id) ?? actionDetail.row }),
    action_verb: ({ ids }: { ids: number[] }) => ids.map((id) => ({ id, error: null })),
    verbs_preview: ({ ids }: { ids: number[] }) => [
      { verb: 'hold', allowed: Math.max(0, ids.length - 1), needs_reason: false, refused: [{ reason: { code: 'verb.sent', params: {} }, count: 1 }] },
      { verb: 'cancel', allowed: 0, needs_reason: false, refused: [{ reason: { code: 'verb.ended', params: {} }, count: ids.length }] },
    ],
    queue_switch: () => null,
    log_window: window(calls),
    log_filters: () => [],
    log_links: () => ({ action_id: 90418, attempt: 1, plan_id: 4471, receipt: 17 }),
    module_queue: () => ({ as_of: at(9), runs: [] }),
    receipt_of_action: () => null,
    log_retention: () => ({ days: 90, megabytes: null, rows: 12_000, megabytes_used: 81, by: null, changed_at: null }),
    log_would_forget: () => ({ rows: 0, megabytes: 0, until: null, stay: 12_000 }),
    schedule_list: () => ({ paused_by: null, paused_at: null, here: true, jobs: [{ name: 'audits', cadence: { kind: 'every', minutes: 60 }, next_at: at(-30), failures: 0, running: false, paused_by: null, paused_at: null, last: { id: 1, job: 'audits', due_at: at(30), by: null, place: 'app', began_at: at(30), ended_at: at(30), ms: 900, outcome: 'done', counts: [{ value: 'new', count: 2 }], error: null } }] }),
    strangers_state: () => ({ open: 1, lists: [{ list: 'instances', read_at: at(5), error: null }] }),
    strangers_window: window([{ id: 1, list: 'instance_actions', at: at(90), action: 'CREATED', username: 'Frieda Nord', user_id: 'u1', request_id: '7c1e40b2-88d5-4f06-a1c9-2be7700d9f3d', trace_id: '', resource: [{ name: 'instanceId', value: '202718441' }], instance_id: 202718441, changed: ['action'], found_at: at(80), acknowledged_by: null, acknowledged_at: null, reason: null }]),
    usage_state: () => ({ asked_at: null, storages: [] }),
    usage_window: window([]),
    prices_state: () => ({ lists: [], contabo: { version: 'a1b2c3d4e5f6', as_of: '2026-08-22', source: 'https://contabo.com/en/', days: 90, old: false } }),
    prices_window: window([]),
    log_entry: ({ id }: { id: number }) => ({ ...logEntry, row: calls.find((c) => c.id === id) ?? logEntry.row }),
    log_histogram: () => ({ seconds: 240, bars: Array.from({ length: 90 }, (_, i) => ({ from: at((90 - i) * 4), calls: 10 + ((i * 7) % 13), failed: i % 17 === 0 ? 3 : 0 })) }),
    connection_test: () => ({
      ok: false,
      steps: [
        { provider: 'whmcs', step: 'address', state: 'passed', params: { host: 'billing.acme.example', milliseconds: '12' }, error: null },
        { provider: 'whmcs', step: 'credential', state: 'failed', params: {}, error: { code: 'ip_not_allowed', message: 'WHMCS answered: Invalid IP 198.51.100.23', hint: null, retryable: false, requestId: null, params: { ip: '198.51.100.23' } } },
        { provider: 'whmcs', step: 'rights', state: 'skipped', params: {}, error: null },
      ],
    }),
  };
}
