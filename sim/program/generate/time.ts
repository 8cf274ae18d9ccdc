/** Time passes: to the edges at which sessions and tickets expire, and across them. */
import type { Move } from './contexts.js';

/** Seconds: an early-data tolerance, the defaults of timeouts, the timeouts that programs set, a ticket's longest life. */
const jumps: readonly number[] = [
  0, 1, 1, 2, 9, 10, 11, 100, 130, 131, 300, 303, 304, 305, 3600, 7199, 7200, 7201, 7202, 86_400, 604_799, 604_800,
  604_801, -1, -10, -7200, -86_400,
];
const milliseconds: readonly number[] = [1, 50, 499, 500, 900, 999];

export const timeMoves: readonly Move[] = [
  (draft) => {
    const seconds = draft.random.pick(jumps);
    if (draft.likely(70)) draft.emit('sim_clock', seconds);
    else draft.emit('sim_clock', seconds, draft.random.pick(milliseconds));
    return true;
  },
];
