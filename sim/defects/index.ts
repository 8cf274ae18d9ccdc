/** All defects that simtls knows how to commit: those of the stack, switches in the model, and those of applications, scenarios. */
import { type Defect, defects } from 'simtls';
import { type ApplicationDefect, applicationDefects } from './application.js';

export { type ApplicationDefect, applicationDefects } from './application.js';

export type KnownDefect = Defect | ApplicationDefect;

export const knownDefects: readonly KnownDefect[] = [...defects, ...applicationDefects];
