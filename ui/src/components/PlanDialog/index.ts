export { PlanDialog, type Yes } from './PlanDialog';
