/** The stack: libssl's calls, and what they know of the outside. */
export type { Environment, Point, PointName, Transport } from './environment.js';
export type { CallbackName, ObjectKind, StackEvent } from './events.js';
