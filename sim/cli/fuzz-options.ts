/** What the options of `simtls fuzz` mean. */
import { InvalidArgumentError } from 'commander';
import type { CampaignSettings } from '../campaign/index.js';
import { faultNames } from '../plan/index.js';
import { CommandFailure, exitCodes } from './exit.js';

type Seeds = CampaignSettings['seeds'];
type Shard = CampaignSettings['shard'];

/** @throws CommandFailure */
export function faultsNamed(text: string): readonly string[] {
  const names = text.split(',');
  const wrong = names.find((name) => !faultNames.some((known) => known === name));
  if (wrong === undefined) return names;
  throw new CommandFailure(exitCodes.usedWrongly, `no fault is called "${wrong}": there are ${faultNames.join(', ')}`);
}

/**
 * `1..100`, `7..`, `7`.
 * @throws InvalidArgumentError
 */
export function seedRange(text: string): Seeds {
  const [, first, dots, last] = /^(\d{1,15})(\.\.)?(\d{1,15})?$/u.exec(text) ?? [];
  const from = Number(first);
  const to = dots === undefined ? from : last === undefined ? null : Number(last);
  if (first === undefined || (dots === undefined && last !== undefined) || (to !== null && to < from)) {
    throw new InvalidArgumentError(
      'two whole numbers with two dots between them, the smaller one first: 1..100; or 7..',
    );
  }
  return { from, to };
}

/**
 * `1/4`.
 * @throws InvalidArgumentError
 */
export function shardOf(text: string): Shard {
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/u.exec(text) ?? [];
  const [index, of] = [Number(first), Number(second)];
  if (first === undefined || index < 1 || index > of)
    throw new InvalidArgumentError('a part of all: 1/4, 2/4, 3/4 or 4/4');
  return { index, of };
}
