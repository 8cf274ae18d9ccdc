/** What `simtls run` is told of the stacks. */
import { Option } from 'commander';
import { defectOf } from 'simtls';
import { CommandFailure, exitCodes } from './exit.js';

export interface StackOptions {
  /** `model` unless told; `libssl` where a library is named. */
  readonly stack?: 'model' | 'libssl' | 'both';
  readonly compare?: string;
  readonly libssl?: string;
  readonly anyPatch?: boolean;
}

export const stackOptions: readonly Option[] = [
  new Option(
    '--stack <stack>',
    'what the processes run on: the model (unless told), real OpenSSL, or one after the other, compared',
  ).choices(['model', 'libssl', 'both']),
  new Option('--compare <lines>', 'the same on several OpenSSL lines (1.1.1,3.0,3.5), side by side').conflicts([
    'profile',
    'stack',
  ]),
  new Option('--libssl <path>', 'a shared libssl to use instead of the lines that doctor --install installs'),
  new Option('--any-patch', 'take another patch level than the expected one, and say so'),
];

export function onLibssl({ stack, libssl, compare }: StackOptions): boolean {
  return stack === 'libssl' || (stack === undefined && compare === undefined && libssl !== undefined);
}

/** Whether runs of several stacks or lines are compared. */
export function comparesStacks({ stack, compare }: StackOptions): boolean {
  return stack === 'both' || compare !== undefined;
}

/** @throws CommandFailure for what real OpenSSL does not take part in */
export function checkForLibssl(options: { readonly crypto?: string; readonly defect?: readonly string[] }): void {
  const refuse = (what: string): never => {
    throw new CommandFailure(exitCodes.missing, `${what}: leave it out, or run on --stack model`);
  };
  if (options.crypto === 'fast') refuse('--crypto fast is arithmetic that real OpenSSL does not know');
  if (options.defect?.some((name) => defectOf(name) !== undefined) === true) {
    refuse('--defect switches on bugs of the model');
  }
}

/** As the command that replays a run has them, with a space in front. */
export function stackWords({ stack, libssl, anyPatch }: StackOptions): string {
  const words = [
    ...(stack === 'libssl' ? ['--stack libssl'] : []),
    ...(libssl === undefined ? [] : [`--libssl ${libssl}`]),
    ...(anyPatch === true ? ['--any-patch'] : []),
  ];
  return words.map((word) => ` ${word}`).join('');
}
