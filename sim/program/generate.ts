/**
 * Random programs that are valid by construction (docs/programs.md). Each seed first draws what kind of program it makes: which
 * groups of calls take part, and how often each is used; so programs differ in kind, and rare calls meet often somewhere.
 */
import { Randomness, type RandomStream } from '../kernel/index.js';
import type { Profile } from '../stacks/index.js';
import { bodyMoves, handshakeBodyMoves } from './generate/bodies.js';
import { connectionGetterMoves, connectionMoves, setSessionMoves } from './generate/connections.js';
import { cacheMoves, callbackMoves, contextMoves, type Move, newContext, settingMoves } from './generate/contexts.js';
import { Draft, type DraftStep, type Limits } from './generate/draft.js';
import { earlyDataMoves } from './generate/early-data.js';
import { edgeHandshakeMoves, edgeMoves } from './generate/edges.js';
import { encodingMoves, unwrittenMoves } from './generate/encodings.js';
import { cipherMoves, fieldMoves } from './generate/fields.js';
import { misuses, nullHandle } from './generate/misuse.js';
import { momentMoves } from './generate/moments.js';
import { raceMoves } from './generate/races.js';
import { getterMoves, sessionMoves } from './generate/sessions.js';
import { shownHandshakeMoves, shownMoves } from './generate/shown.js';
import { switchedMoves } from './generate/switched.js';
import { exDataMoves, tableMoves } from './generate/tables.js';
import { timeMoves } from './generate/time.js';
import { tls13ConnectionMoves, tls13ContextMoves } from './generate/tls13.js';
import {
  endingMoves,
  faultMoves,
  handshakeMoves,
  laterMoves,
  renegotiationMoves,
  resumptionMoves,
  stepMoves,
  trafficMoves,
} from './generate/traffic.js';
import { underWayMoves } from './generate/under-way.js';

/** A program as it stands in a file. */
export interface ProgramFile {
  readonly format: 'simtls-program/1';
  readonly name: string;
  readonly profile: Profile;
  readonly steps: readonly DraftStep[];
}

interface Group {
  readonly moves: readonly Move[];
  /** It works on connections that shake hands. */
  readonly handshakes: boolean;
}

const groups: readonly Group[] = [
  { moves: contextMoves, handshakes: false },
  { moves: [...settingMoves, ...settingMoves, ...settingMoves], handshakes: false },
  { moves: callbackMoves, handshakes: false },
  { moves: cacheMoves, handshakes: false },
  { moves: sessionMoves, handshakes: false },
  { moves: [...getterMoves, ...getterMoves], handshakes: false },
  { moves: encodingMoves, handshakes: false },
  { moves: setSessionMoves, handshakes: false },
  { moves: connectionMoves, handshakes: false },
  { moves: [...connectionGetterMoves, ...connectionGetterMoves], handshakes: false },
  { moves: [nullHandle], handshakes: false },
  { moves: handshakeMoves, handshakes: true },
  { moves: resumptionMoves, handshakes: true },
  { moves: unwrittenMoves, handshakes: true },
  { moves: stepMoves, handshakes: true },
  { moves: trafficMoves, handshakes: true },
  { moves: endingMoves, handshakes: true },
  { moves: faultMoves, handshakes: true },
  { moves: renegotiationMoves, handshakes: true },
  { moves: momentMoves, handshakes: true },
  { moves: laterMoves, handshakes: true },
  { moves: timeMoves, handshakes: false },
  { moves: edgeMoves, handshakes: false },
  { moves: edgeHandshakeMoves, handshakes: true },
  { moves: switchedMoves, handshakes: true },
  { moves: shownMoves, handshakes: false },
  { moves: shownHandshakeMoves, handshakes: true },
  { moves: fieldMoves, handshakes: false },
  { moves: cipherMoves, handshakes: false },
  { moves: exDataMoves, handshakes: false },
  { moves: tableMoves, handshakes: true },
  { moves: underWayMoves, handshakes: true },
  { moves: earlyDataMoves, handshakes: true },
  { moves: tls13ContextMoves, handshakes: false },
  { moves: tls13ConnectionMoves, handshakes: true },
  { moves: bodyMoves, handshakes: false },
  { moves: handshakeBodyMoves, handshakes: true },
  { moves: raceMoves, handshakes: true },
];

/** Steps of a program; a move that is under way is finished, so a few more may come. */
const steps = { min: 5, max: 60 };

/**
 * The program of a seed: the same seed, profile and kind give the same program.
 * @param tls13 - whether both sides of a handshake may allow TLS 1.3; where not, every context is capped at TLS 1.2
 */
export function generateProgram({
  seed,
  profile,
  tls13,
}: {
  readonly seed: string | number;
  readonly profile: Profile;
  readonly tls13: boolean;
}): ProgramFile {
  const random = new Randomness(seed).stream('program');
  const handshakes = random.int(100) < 60;
  const limits: Limits = {
    tls13,
    smallCaches: random.int(100) < 25,
    sessionIds: random.int(100) < 60,
    randomOrder: profile === '1.1.1' && handshakes,
    givesLockBackTwice: profile === '1.1.1',
    watched: handshakes && random.chance({ oneIn: 8 }),
  };
  const draft = new Draft(random, limits);
  const table = drawKind(random, handshakes);
  const wanted = random.pick([random.range(steps.min, 20), random.range(20, 40), random.range(40, steps.max)]);
  newContext(draft, 'client');
  if (handshakes) {
    newContext(draft, 'server');
    for (const move of callbackMoves) for (let times = random.int(4); times > 0; times--) move(draft);
  }
  for (let tries = 0; draft.steps.length < wanted && tries < 10 * steps.max; tries++) {
    random.weighted(table)(draft);
  }
  if (random.chance({ oneIn: 8 })) {
    random.pick([...misuses.values()])(draft);
    draft.emit('SSL_SESSION_new');
  }
  return { format: 'simtls-program/1', name: `generated from seed ${seed}`, profile, steps: draft.steps };
}

/** Which moves take part, and how often. */
function drawKind(random: RandomStream, handshakes: boolean): { readonly weight: number; readonly value: Move }[] {
  const table: { weight: number; value: Move }[] = [];
  for (const group of groups) {
    if (group.handshakes && !handshakes) continue;
    const weight = random.weighted([
      { weight: 4, value: 0 },
      { weight: 3, value: 4 },
      { weight: 3, value: 12 },
      { weight: 1, value: 40 },
    ]);
    for (const move of group.moves) table.push({ weight: weight * random.pick([0, 1, 1, 2]), value: move });
  }
  // What every kind needs: something to work on.
  const basic = handshakes
    ? [...handshakeMoves, ...resumptionMoves, ...resumptionMoves.slice(0, 1), ...endingMoves.slice(0, 4)]
    : [...sessionMoves.slice(0, 2), ...cacheMoves.slice(0, 1)];
  for (const move of basic) table.push({ weight: handshakes ? 6 : 3, value: move });
  return table;
}
