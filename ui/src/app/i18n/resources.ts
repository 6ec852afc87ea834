import clients from '@/features/clients/en.json';
import invoices from '@/features/invoices/en.json';
import log from '@/features/log/en.json';
import outside from '@/features/outside/en.json';
import prices from '@/features/prices/en.json';
import queue from '@/features/queue/en.json';
import receipts from '@/features/receipts/en.json';
import servers from '@/features/servers/en.json';
import services from '@/features/services/en.json';
import settings from '@/features/settings/en.json';
import tickets from '@/features/tickets/en.json';
import usage from '@/features/usage/en.json';
import welcome from '@/features/welcome/en.json';
import common from './en/common.json';
import errors from './en/errors.json';
import plan from './en/plan.json';
import policy from './en/policy.json';
import problems from './en/problems.json';
import rights from './en/rights.json';
import shell from './en/shell.json';
import states from './en/states.json';

// The core's own sentences: one table for the command line and for us, kept where their codes are made.
import phrases from '../../../../src-tauri/crates/console/src/phrases/en.json';

/** One namespace per area. A feature's texts live in its own folder. */
export const en = {
  common, errors, phrases, plan, policy, problems, rights, shell, states,
  clients, invoices, log, outside, prices, queue, receipts, servers, services, settings, tickets, usage, welcome,
};

export type Namespace = keyof typeof en;
export const namespaces = Object.keys(en) as Namespace[];
