export { PlanDialog, type PlanDialogProps } from './PlanDialog';
export type { Touch } from './Touches';
