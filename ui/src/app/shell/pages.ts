import {
  type Icon,
  IconDatabase,
  IconEyeSearch,
  IconFileInvoice,
  IconListSearch,
  IconMessage2,
  IconReceipt,
  IconServer2,
  IconSettings,
  IconStack2,
  IconTrendingUp,
  IconUsers,
} from '@tabler/icons-react';
import type { Status } from '@/ipc';

/** A page of the sidebar. Only pages that exist are here. */
export interface Page {
  id: 'clients' | 'servers' | 'invoices' | 'tickets' | 'queue' | 'log' | 'outside' | 'receipts' | 'usage' | 'prices' | 'settings';
  to: string;
  icon: Icon;
  /** `g` and this letter go there. */
  key: string;
  group: 'customers' | 'machines' | 'work' | null;
  /** A plain count, or one that waits for a person. */
  count?: (status: Status) => { n: number; waits: boolean };
}

export const pages: readonly Page[] = [
  { id: 'clients', to: '/clients', icon: IconUsers, key: 'c', group: 'customers' },
  { id: 'invoices', to: '/invoices', icon: IconFileInvoice, key: 'i', group: 'customers', count: (s) => ({ n: s.invoices_overdue, waits: false }) },
  { id: 'tickets', to: '/tickets', icon: IconMessage2, key: 't', group: 'customers', count: (s) => ({ n: s.tickets_waiting, waits: false }) },
  { id: 'servers', to: '/servers', icon: IconServer2, key: 's', group: 'machines' },
  { id: 'usage', to: '/usage', icon: IconDatabase, key: 'u', group: 'machines' },
  { id: 'prices', to: '/prices', icon: IconTrendingUp, key: 'm', group: 'machines' },
  { id: 'queue', to: '/queue', icon: IconStack2, key: 'q', group: 'work', count: (s) => (s.needs_you > 0 ? { n: s.needs_you, waits: true } : { n: s.queue_open, waits: false }) },
  { id: 'log', to: '/log', icon: IconListSearch, key: 'l', group: 'work' },
  { id: 'outside', to: '/outside', icon: IconEyeSearch, key: 'o', group: 'work' },
  { id: 'receipts', to: '/receipts', icon: IconReceipt, key: 'v', group: 'work' },
  { id: 'settings', to: '/settings', icon: IconSettings, key: ',', group: null },
];
