export { BulkBar, type BulkBarProps } from './BulkBar';
export { Check } from './Check';
export { DataTable } from './DataTable';
export { TableTools } from './TableTools';
export type { Column, DataTableProps } from './types';
