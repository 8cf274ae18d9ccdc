export { parseBounded } from './bounds.js';
export { errorOfIssue, PlanError } from './error.js';
export { faultNames } from './fault-schema.js';
export {
  type AllocationSiteName,
  type Anchor,
  allocationSites,
  endingFaults,
  type Fault,
  type FaultAction,
  type HostAction,
  type LinkAction,
  type StreamAction,
} from './faults.js';
export { withForeignFaults } from './foreign-faults.js';
export { jsonSchemaOf } from './json-schema.js';
export { parsePlan, planJsonSchema, planStepsMax, toPlan } from './parse.js';
export type {
  Argument,
  Check,
  Drawn,
  Guard,
  HostPlan,
  Json,
  LinkPlan,
  ObservationField,
  Plan,
  Step,
} from './plan.js';
export { observationFields, planFormat, withDefects } from './plan.js';
export { programHost, programToPlan } from './program.js';
export { checkReferences } from './references.js';
export { json } from './schema-parts.js';
