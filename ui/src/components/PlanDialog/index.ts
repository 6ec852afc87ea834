export { PlanDialog } from './PlanDialog';
