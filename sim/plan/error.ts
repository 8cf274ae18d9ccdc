/** A plan that is not one: where in it, what was expected, what came. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code = 'PLAN_INVALID';

  /** JSON pointer (RFC 6901) to the place. */
  readonly pointer: string;
  /** What may stand there. */
  readonly expected: string;
  /** What stands there. */
  readonly received: string;

  constructor(pointer: string, expected: string, received: string) {
    super(`at ${pointer === '' ? 'the root' : pointer}: expected ${expected}, got ${received}`);
    this.pointer = pointer;
    this.expected = expected;
    this.received = received;
  }
}

/** What a schema wanted, in words where it has some: its own messages begin with `Expected`. */
export function expectedBy(issue: { readonly expected: string | null; readonly message: string }): string {
  const words = /^Expected (.+)$/u.exec(issue.message)?.[1];
  return words ?? issue.expected ?? issue.message;
}
