/** A test that the model and each line of real OpenSSL answer the same. */
import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from 'ava';
import { type ProfileName, profileNames } from '../../src/index.js';
import { share } from '../_whole.js';
import { type Answer, askLibssl, askModel } from './ask.js';
import type { HandshakeCase } from './handshake-case.js';

/** More are shared out among the lines; of more than those have room for, `.ci/run` alone asks all. */
const casesEachMax = 200;

/** Compares the cases, a share of them where they are more than `most`, and gives real OpenSSL's answers; undefined where the line is not installed, which is logged. */
export function sameAnswers(
  t: ExecutionContext,
  profile: ProfileName,
  all: readonly HandshakeCase[],
  most: number = casesEachMax,
): Answer[] | undefined {
  const turns = Math.max(profileNames.length, Math.ceil(all.length / most));
  const cases = all.length > most ? share(all, profileNames.indexOf(profile), turns) : all;
  const theirs = askLibssl(profile, cases);
  if (theirs === undefined) {
    t.log(`OpenSSL of the line ${profile} is not there (npm run openssl): nothing to compare with`);
    t.pass();
    return undefined;
  }
  const ours = askModel(profile, cases);
  const answer = ({ report, ...rest }: Answer): Omit<Answer, 'report'> => rest;
  const differing = theirs
    .map((one, i) => ({ libssl: answer(one), model: answer(ours[i]!) }))
    .filter(({ libssl, model }) => !isDeepStrictEqual(libssl, model));
  t.deepEqual(
    differing.map(({ model }) => model),
    differing.map(({ libssl }) => libssl),
  );
  return theirs;
}
