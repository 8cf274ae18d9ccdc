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

/** What a schema says of data that it does not take. */
interface Issue {
  readonly expected: string | null;
  readonly received: string;
  readonly message: string;
  readonly path?: readonly { readonly key: unknown }[] | undefined;
  /** Of the shapes that there are, each by itself. */
  readonly issues?: readonly Issue[] | undefined;
}

/**
 * The error of a schema's first issue. Where several shapes may stand there, it is told of the one whose fault lies deepest.
 * @param pointer - to the data
 */
export function errorOfIssue(pointer: string, issue: Issue): PlanError {
  const path = issue.path ?? [];
  const place = path.map((item) => `/${String(item.key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const inner = issue.issues ?? [];
  const depth = Math.max(0, ...inner.map((one) => one.path?.length ?? 0));
  const deepest = inner.filter((one) => depth > 0 && one.path?.length === depth);
  const wrong =
    deepest.find((one) => one.issues !== undefined || !isAboutKey(one)) ?? (depth > 1 ? deepest[0] : undefined);
  if (wrong !== undefined) return errorOfIssue(`${pointer}${place}`, wrong);
  const keys = deepest.filter((one) => one.expected !== unwanted).map((one) => one.expected);
  if (keys.length > 0) return new PlanError(`${pointer}${place}`, keys.join(' or '), unwantedIn(deepest));
  if (!isAboutKey(issue)) return new PlanError(`${pointer}${place}`, expectedBy(issue), issue.received);
  if (issue.expected === unwanted) return new PlanError(`${pointer}${place}`, 'nothing of that name', issue.received);
  return new PlanError(`${pointer}${place}`, 'a value', 'nothing');
}

/** What is expected of a key that is not there: no value at all. */
const unwanted = 'never';

/** A key that is missing, or one too many. */
function isAboutKey(issue: Issue): boolean {
  return issue.message.startsWith('Invalid key: ');
}

function unwantedIn(issues: readonly Issue[]): string {
  const keys = new Set(issues.filter((one) => one.expected === unwanted).map((one) => one.received));
  return [...keys].join(', ') || 'neither';
}

/** What a schema wanted, in words where it has some: its own messages begin with `Expected`. */
function expectedBy(issue: Issue): string {
  const words = /^Expected (.+)$/u.exec(issue.message)?.[1];
  const what = issue.message.startsWith('Invalid length: ') ? 'a length ' : '';
  return words ?? `${what}${issue.expected ?? issue.message}`;
}
