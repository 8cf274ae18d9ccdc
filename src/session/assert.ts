/** A fault of ours: the message says what should have held. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

export function assert(condition: boolean, fact: string): asserts condition {
  if (!condition) throw new AssertionFailed(`simtls broke its own rule: ${fact}`);
}
