export { BulkBar } from './BulkBar';
export { DataTable } from './DataTable';
export { TableTools } from './TableTools';
export type { Column } from './types';
