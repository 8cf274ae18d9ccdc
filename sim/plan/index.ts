export { expectedBy, PlanError } from './error.js';
export { parsePlan, planStepsMax, stepsOf, toPlan } from './parse.js';
export type {
  Anchor,
  Argument,
  Check,
  Drawn,
  Fault,
  FaultAction,
  Guard,
  HostPlan,
  Json,
  LinkPlan,
  ObservationField,
  Plan,
  Step,
} from './plan.js';
export { observationFields, planFormat } from './plan.js';
export { programHost, programToPlan } from './program.js';
