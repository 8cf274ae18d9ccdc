export { type EarlyConduct, EarlyEnd } from './early-end.js';
export type { EarlyServerEnd, ServerEnd, Tried, Try } from './end.js';
export {
  type Conduct,
  garbageRecord,
  type Memory,
  type Misbehaviour,
  misbehaviourNamed,
  misbehaviours,
  plainAnswer,
} from './misbehaviour.js';
export { type PreSharedKey, usePreSharedKey } from './pre-shared-key.js';
export { encodeRequest, type Request } from './request.js';
export { Served, type ServedOptions, type ServedResult } from './served.js';
export { type StoreFiles, type StoreOptions, storeSessions } from './session-store.js';
export { modelControls, type ServerControls, type TicketPolicy, useTicketPolicy } from './ticket-policy.js';
export { ringOf, ringPolicy, splitTicketKeys, ticketKeysBytes, ticketKeysMax } from './ticket-ring.js';
