/** Bugs that applications really had, over a stack that is right: each a scenario of its name in scenarios/defects. */
import type { Defect } from 'simtls';

export interface ApplicationDefect extends Omit<Defect, 'name' | 'kind'> {
  readonly name: string;
  readonly kind: 'application';
}

export const applicationDefects: readonly ApplicationDefect[] = [];
