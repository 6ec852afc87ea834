// Made from the core's command list; do not edit.
import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";
import * as __TAURI_EVENT from "@tauri-apps/api/event";

export const commands = {
  appState: () => typedError<AppState, AppError>(__TAURI_INVOKE("app_state")),
  status: () => typedError<Status, AppError>(__TAURI_INVOKE("status")),
  preferences: () => typedError<Preferences, AppError>(__TAURI_INVOKE("preferences")),
  preferenceSet: (input: Preference) => typedError<null, AppError>(__TAURI_INVOKE("preference_set", { input })),
  syncNow: (input: SyncRequest) => typedError<null, AppError>(__TAURI_INVOKE("sync_now", { input })),
  syncStop: () => typedError<null, AppError>(__TAURI_INVOKE("sync_stop")),
  paletteSearch: (input: PaletteQuery) => typedError<PaletteHit[], AppError>(__TAURI_INVOKE("palette_search", { input })),
  demoStart: () => typedError<ProfileSummary, AppError>(__TAURI_INVOKE("demo_start")),
  connectionTest: (input: ProfileDraft) => typedError<ConnectionReport, AppError>(__TAURI_INVOKE("connection_test", { input })),
  profileSave: (input: ProfileDraft) => typedError<ProfileSummary, AppError>(__TAURI_INVOKE("profile_save", { input })),
  profileOpen: (input: ProfileRef) => typedError<ProfileSummary, AppError>(__TAURI_INVOKE("profile_open", { input })),
  profileRemove: (input: ProfileRef) => typedError<null, AppError>(__TAURI_INVOKE("profile_remove", { input })),
  listTotals: (input: TotalsQuery) => typedError<ListTotals, AppError>(__TAURI_INVOKE("list_totals", { input })),
  listIds: (input: TotalsQuery) => typedError<number[], AppError>(__TAURI_INVOKE("list_ids", { input })),
  clientsWindow: (input: ListQuery) => typedError<Window<ClientRow>, AppError>(__TAURI_INVOKE("clients_window", { input })),
  clientPage: (input: RecordRef) => typedError<ClientPage, AppError>(__TAURI_INVOKE("client_page", { input })),
  servicesWindow: (input: ListQuery) => typedError<Window<ServiceRow>, AppError>(__TAURI_INVOKE("services_window", { input })),
  invoicesWindow: (input: ListQuery) => typedError<Window<InvoiceRow>, AppError>(__TAURI_INVOKE("invoices_window", { input })),
  ticketsWindow: (input: ListQuery) => typedError<Window<TicketRow>, AppError>(__TAURI_INVOKE("tickets_window", { input })),
  serversWindow: (input: ListQuery) => typedError<Window<ServerRow>, AppError>(__TAURI_INVOKE("servers_window", { input })),
  serverPage: (input: RecordRef) => typedError<ServerPage, AppError>(__TAURI_INVOKE("server_page", { input })),
  timeline: (input: Subject) => typedError<TimelineEntry[], AppError>(__TAURI_INVOKE("timeline", { input })),
  planPower: (input: PowerRequest) => typedError<Plan, AppError>(__TAURI_INVOKE("plan_power", { input })),
  planShow: (input: PlanRef) => typedError<Plan, AppError>(__TAURI_INVOKE("plan_show", { input })),
  planRefresh: (input: PlanRef) => typedError<Plan, AppError>(__TAURI_INVOKE("plan_refresh", { input })),
  planApprove: (input: Approval) => typedError<Approved, AppError>(__TAURI_INVOKE("plan_approve", { input })),
  planDismiss: (input: PlanRef) => typedError<null, AppError>(__TAURI_INVOKE("plan_dismiss", { input })),
  queueBoard: () => typedError<QueueBoard, AppError>(__TAURI_INVOKE("queue_board")),
  queueWindow: (input: ListQuery) => typedError<Window<ActionRow>, AppError>(__TAURI_INVOKE("queue_window", { input })),
  actionDetail: (input: RecordRef) => typedError<ActionDetail, AppError>(__TAURI_INVOKE("action_detail", { input })),
  actionVerb: (input: VerbRequest) => typedError<VerbResult[], AppError>(__TAURI_INVOKE("action_verb", { input })),
  queueSwitch: (input: SwitchRequest) => typedError<null, AppError>(__TAURI_INVOKE("queue_switch", { input })),
  logWindow: (input: ListQuery) => typedError<Window<LogRow>, AppError>(__TAURI_INVOKE("log_window", { input })),
  logEntry: (input: RecordRef) => typedError<LogEntry, AppError>(__TAURI_INVOKE("log_entry", { input })),
  logHistogram: (input: ListQuery) => typedError<LogHistogram, AppError>(__TAURI_INVOKE("log_histogram", { input })),
};

export const commandTags: Record<string, Tag[]> = {
  app_state: ["profiles"],
  status: ["freshness", "queue", "tickets", "invoices"],
  preferences: ["preferences"],
  preference_set: [],
  sync_now: [],
  sync_stop: [],
  palette_search: ["clients", "servers", "services", "invoices", "tickets", "queue"],
  demo_start: [],
  connection_test: [],
  profile_save: [],
  profile_open: [],
  profile_remove: [],
  list_totals: ["clients", "services", "servers", "invoices", "tickets", "queue", "log"],
  list_ids: ["clients", "services", "servers", "invoices", "tickets", "queue", "log"],
  clients_window: ["clients", "services", "invoices", "tickets"],
  client_page: ["clients", "services", "invoices", "tickets"],
  services_window: ["services", "servers"],
  invoices_window: ["invoices"],
  tickets_window: ["tickets"],
  servers_window: ["servers", "services", "queue"],
  server_page: ["servers", "services", "queue", "catalogue"],
  timeline: ["queue", "servers", "invoices", "tickets"],
  plan_power: [],
  plan_show: ["plans", "servers", "queue"],
  plan_refresh: [],
  plan_approve: [],
  plan_dismiss: [],
  queue_board: ["queue", "log"],
  queue_window: ["queue"],
  action_detail: ["queue", "log"],
  action_verb: [],
  queue_switch: [],
  log_window: ["log"],
  log_entry: ["log"],
  log_histogram: ["log"],
};

export const events = {
  tagsChanged: makeEvent<TagsChanged>("tags-changed"),
  progress: makeEvent<Progress>("progress"),
};

export type AppState = {
  version: string;
  profiles: ProfileSummary[];
  current: ProfileSummary | null;
  operator: string;
  keychain: KeychainState;
  problem: AppError | null;
};

export type KeychainState =
  | { kind: "available"; name: string }
  | { kind: "unavailable"; error: AppError }
  | { kind: "directory" };

export type ProviderFreshness = {
  provider: string;
  as_of: string | null;
  last_answer: string | null;
  syncing: boolean;
  offline: boolean;
  error: AppError | null;
  next_try: string | null;
  kinds: KindFreshness[];
};

export type KindFreshness = {
  kind: string;
  as_of: string | null;
  rows: number;
};

export type Status = {
  freshness: ProviderFreshness[];
  queue_open: number;
  queue_running: number;
  needs_you: number;
  paused: boolean;
  tickets_waiting: number;
  invoices_overdue: number;
  other_worker: boolean;
};

export type Preference = {
  name: string;
  value: string | null;
};

export type Preferences = {
  values: Record<string, string>;
};

export type SyncRequest = {
  kinds: string[];
};

export type PaletteQuery = {
  text: string;
  limit: number;
};

export type PaletteHit = {
  kind: string;
  id: number;
  title: string;
  aside: string;
  state: string | null;
  hits: number[];
};

export type ClientRow = {
  id: number;
  name: string;
  company: string;
  email: string;
  status: string;
  currency: string;
  services: number;
  servers: number;
  tickets: number;
  overdue: Money | null;
  created: string | null;
};

export type ClientPage = {
  row: ClientRow;
  facts: ClientFact[];
  unpaid: Money[];
  monthly: Money[];
  invoices: number;
  services_all: number;
  tickets_all: number;
  as_of: string | null;
};

export type ClientFact = {
  code: string;
  text: string;
};

export type ServiceRow = {
  id: number;
  client_id: number;
  client_name: string;
  product: string;
  domain: string;
  status: string;
  cycle: string;
  price: Money | null;
  next_due: string | null;
  instance_id: number | null;
  server_state: string | null;
  ipv4: string | null;
};

export type InvoiceRow = {
  id: number;
  number: string;
  client_id: number;
  client_name: string;
  date: string | null;
  due: string | null;
  paid: string | null;
  status: string;
  overdue: boolean;
  total: Money;
  method: string;
};

export type TicketRow = {
  id: number;
  tid: string;
  subject: string;
  client_id: number | null;
  client_name: string;
  department: string;
  status: string;
  priority: string;
  last_reply: string | null;
  opened: string | null;
  waiting: boolean;
};

export type RecordRef = {
  id: number;
};

export type ErrorCode = "no_profile" | "not_found" | "invalid_input" | "keychain_unavailable" | "keychain_locked" | "store_wrong_key" | "store_corrupt" | "store_newer" | "disk_full" | "store_failed" | "dns" | "connect" | "tls" | "timeout" | "cut" | "too_large" | "redirected" | "plain_http" | "not_json" | "empty_answer" | "unreadable" | "whmcs_credential" | "ip_not_allowed" | "action_not_permitted" | "maintenance" | "licence" | "contabo_client" | "contabo_user" | "permission_denied" | "clock_skew" | "throttled" | "provider_failed" | "rejected" | "payment_required" | "conflict" | "basis_moved" | "blocked" | "confirmation_wrong" | "state_forbids" | "another_worker" | "cancelled" | "internal";

export type AppError = {
  code: ErrorCode;
  message: string;
  hint: string | null;
  retryable: boolean;
  requestId: string | null;
  params: Record<string, string>;
};

export type TagsChanged = {
  tags: Tag[];
};

export type Progress = {
  job: string;
  done: number;
  total: number | null;
  secondsLeft: number | null;
  state: ProgressState;
};

export type ProgressState = "running" | "done" | "stopped" | "failed";

export type FilterOp = "is" | "is_not" | "contains" | "over" | "under" | "within";

export type Filter = {
  field: string;
  op: FilterOp;
  values: string[];
};

export type Sort = {
  column: string;
  descending: boolean;
};

export type ListQuery = {
  text: string;
  filters: Filter[];
  sort: Sort | null;
  after: string | null;
  limit: number;
};

export type Window<T> = {
  rows: T[];
  next: string | null;
};

export type ListKind = "clients" | "services" | "servers" | "invoices" | "tickets" | "actions" | "log";

export type TotalsQuery = {
  list: ListKind;
  query: ListQuery;
};

export type ColumnSum = {
  column: string;
  sums: Money[];
};

export type ListTotals = {
  matching: number;
  all: number;
  sums: ColumnSum[];
  facets: Facet[];
};

export type Facet = {
  field: string;
  values: FacetValue[];
};

export type FacetValue = {
  value: string;
  count: number;
};

export type LogRow = {
  id: number;
  at: string;
  provider: string;
  operation: string;
  method: string;
  path: string;
  status: number | null;
  outcome: string;
  ms: number;
  request_id: string;
  action_id: number | null;
  snippet: string | null;
};

export type NameValue = {
  name: string;
  value: string;
};

export type LogEntry = {
  row: LogRow;
  url: string;
  effect: string;
  trace_id: string | null;
  request_headers: NameValue[];
  request_body: string;
  reply_headers: NameValue[];
  reply_body: string;
  reply_bytes: number;
  detail: string | null;
  curl: string;
};

export type LogBar = {
  from: string;
  calls: number;
  failed: number;
};

export type LogHistogram = {
  seconds: number;
  bars: LogBar[];
};

export type PowerRequest = {
  kind: string;
  instance_ids: number[];
  origin: string;
};

export type PlanRef = {
  id: number;
};

export type Approval = {
  id: number;
  excluded: number[];
  typed: string | null;
  reason: string | null;
};

export type Approved = {
  id: number;
  action_ids: number[];
};

export type ProfileSummary = {
  id: string;
  name: string;
  colour: string;
  environment: Environment;
  whmcs_url: string | null;
  contabo_url: string | null;
  contabo_user: string | null;
  session_only: boolean;
};

export type WhmcsDraft = {
  url: string;
  identifier: string | null;
  secret: string | null;
  access_key: string | null;
};

export type ContaboDraft = {
  api_url: string;
  token_url: string;
  client_id: string | null;
  client_secret: string | null;
  user: string;
  password: string | null;
};

export type ProfileDraft = {
  id: string | null;
  name: string;
  colour: string;
  environment: Environment;
  whmcs: WhmcsDraft | null;
  contabo: ContaboDraft | null;
  session_only: boolean;
};

export type ProfileRef = {
  id: string;
};

export type StepState = "passed" | "failed" | "warned" | "skipped";

export type TestStep = {
  provider: string;
  step: string;
  state: StepState;
  params: Record<string, string>;
  error: AppError | null;
};

export type ConnectionReport = {
  ok: boolean;
  steps: TestStep[];
};

export type ActionRow = {
  id: number;
  state: ActionState;
  kind: string;
  target: Target;
  waits: Phrase | null;
  next_try: string | null;
  tries: number;
  lane: string;
  by: string;
  plan_id: number | null;
  created_at: string;
  updated_at: string;
};

export type StateCount = {
  state: ActionState;
  count: number;
  aside: Phrase | null;
};

export type QueueBoard = {
  counts: StateCount[];
  paused: boolean;
  stopped: boolean;
  rates: ProviderRate[];
  worker: WorkerState;
};

export type ProviderRate = {
  provider: string;
  calls: number;
};

export type WorkerState = "here" | "elsewhere" | "nobody";

export type AttemptRow = {
  number: number;
  step: string;
  request_id: string;
  call: string;
  body_hash: string;
  journalled_at: string;
  sent_at: string | null;
  answered_at: string | null;
  outcome: string;
  result: string | null;
};

export type EvidenceRow = {
  at: string;
  source: string;
  says: Phrase;
  speaks_for: string;
};

export type VerbChoice = {
  verb: ActionVerb;
  allowed: boolean;
  reason: Phrase | null;
  needs_reason: boolean;
};

export type ActionDetail = {
  row: ActionRow;
  notice: Phrase | null;
  events: TimelineEntry[];
  attempts: AttemptRow[];
  evidence: EvidenceRow[];
  verbs: VerbChoice[];
};

export type VerbRequest = {
  ids: number[];
  verb: ActionVerb;
  reason: string | null;
};

export type VerbResult = {
  id: number;
  error: AppError | null;
};

export type QueueSwitch = "pause" | "resume" | "stop_everything";

export type SwitchRequest = {
  switch: QueueSwitch;
};

export type ServerRow = {
  id: number;
  name: string;
  service_id: number | null;
  client_id: number | null;
  client_name: string | null;
  state: string;
  provider_status: string;
  region: string;
  data_center: string;
  product_id: string;
  size: string;
  ipv4: string | null;
  ipv6: string | null;
  next_due: string | null;
  cancel_date: string | null;
  price: Money | null;
  tags: string[];
  action_id: number | null;
  as_of: string;
};

export type FactVerdict = "agree" | "differ" | "one_sided";

export type FactRow = {
  fact: string;
  whmcs: string | null;
  contabo: string | null;
  verdict: FactVerdict;
  reason: Phrase | null;
};

export type Ability = {
  kind: string;
  allowed: boolean;
  reason: Phrase | null;
  impact: Impact;
};

export type ServerPage = {
  row: ServerRow;
  facts: FactRow[];
  machine: ClientFact[];
  addresses: string[];
  abilities: Ability[];
  error_message: string | null;
};

export type Subject =
  | { kind: "server"; id: number }
  | { kind: "client"; id: number };

export type Tone = "ok" | "busy" | "warn" | "bad" | "idle";

export type TimelineEntry = {
  at: string;
  title: Phrase;
  lines: Phrase[];
  tone: Tone;
  source: string;
  action_id: number | null;
  request_id: string | null;
};

export type Tag = "profiles" | "preferences" | "clients" | "services" | "servers" | "invoices" | "tickets" | "catalogue" | "plans" | "queue" | "log" | "freshness";

export type Environment = "production" | "staging" | "demo";

export type Impact = "keep" | "restart" | "wipe";

export type Phrase = {
  code: string;
  params: Record<string, string>;
};

export type Target = {
  kind: string;
  id: number;
  name: string;
  service_id: number | null;
  client_id: number | null;
  client_name: string | null;
};

export type FactChange = {
  field: string;
  before: string | null;
  after: string | null;
};

export type Ruling = "pass" | "warn" | "block";

export type Verdict = {
  guardrail: string;
  ruling: Ruling;
  reason: Phrase;
};

export type Change = {
  index: number;
  target: Target;
  facts: FactChange[];
  impact: Impact;
  down_seconds: number | null;
  money_now: Money | null;
  money_month: Money | null;
  verdicts: Verdict[];
};

export type Basis = {
  key: string;
  version: string;
  as_of: string;
};

export type Confirmation =
  | { kind: "press" }
  | { kind: "type"; text: string };

export type Totals = {
  changes: number;
  blocked: number;
  clients: number;
  down_seconds: number | null;
  money_now: Money[];
  money_month: Money[];
  wiped: number;
};

export type PlanState = "open" | "approved" | "dismissed";

export type Plan = {
  id: number;
  kind: string;
  title: Phrase;
  origin: string;
  created_at: string;
  state: PlanState;
  impact: Impact;
  changes: Change[];
  totals: Totals;
  verdicts: Verdict[];
  confirmation: Confirmation;
  basis: Basis[];
};

export type ActionState = "held" | "ready" | "running" | "retryable" | "unknown" | "succeeded" | "failed" | "cancelled";

export type ActionVerb = "hold" | "release" | "retry_now" | "cancel" | "look_again" | "mark_done" | "mark_not_done";

export type Money = {
  amount: string;
  currency: string;
};

function makeEvent<T>(name: string) {
  return {
    listen: (cb: __TAURI_EVENT.EventCallback<T>) => __TAURI_EVENT.listen<T>(name, cb),
    once: (cb: __TAURI_EVENT.EventCallback<T>) => __TAURI_EVENT.once<T>(name, cb),
  };
}

async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
  try {
    return { status: "ok", data: await result };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as E };
  }
}
