import { endsAgreeOnResumption } from './agreement.js';
import { cacheWithinBound } from './cache-bound.js';
import { cacheListsWhatItHolds } from './cache-listing.js';
import { callbackGetsLiveSession } from './callback.js';
import { countsEqualClaims, libraryKeepsCounts } from './claims.js';
import { codeComesToAnEnd, codeComesToRest, codeDoesNotThrow } from './code.js';
import { completeAfterCleanClose, truncatedIsNotComplete } from './delivery.js';
import { noReferenceOutlivesHolder, nothingLeakedAtExit } from './leak.js';
import { handlesUsedRightly, noUseAfterFree, survivesCalls } from './misuse.js';
import { comesToRest, expectationHolds } from './progress.js';
import { publishedSessionUnchanged } from './published.js';
import { refusedPeerStaysRefused } from './refused-peer.js';
import { clientResumesAsItself, sessionUsedForItsName } from './resumed-identity.js';
import { oneContextPerSession } from './second-context.js';
import { sessionsWithinLimit } from './session-limit.js';
import { heldSessionStaysResumable } from './spoilt.js';
import { storedSessionsCanBeFound } from './stored-in-vain.js';
import { acceptedBytesArrive } from './undelivered.js';
import type { Invariant } from './violation.js';

export { judgeAgreement } from './agreement.js';
export { judgeCache } from './cache-bound.js';
export { judgeListing, type Listing } from './cache-listing.js';
export { handedDead } from './callback.js';
export { brokenClaims } from './claims.js';
export { codeNeverRests, codeThrew, codeWaits } from './code.js';
export { judgeEnding } from './delivery.js';
export { type Leak, leaked } from './leak.js';
export { crashedIn, misused } from './misuse.js';
export { neverRests, unmet } from './progress.js';
export { changed } from './published.js';
export { readmitted } from './refused-peer.js';
export { resumedAsAnother, resumedForAnother } from './resumed-identity.js';
export { usedWithSecondContext } from './second-context.js';
export { judgeHeldSessions } from './session-limit.js';
export { spoilt } from './spoilt.js';
export { storedInVain } from './stored-in-vain.js';
export { judgeUndelivered } from './undelivered.js';
export { type Broken, type Invariant, type Owner, type PromiseCode, promises } from './violation.js';

/** Every invariant that a run is judged by. */
export const invariants: readonly Invariant[] = [
  countsEqualClaims,
  libraryKeepsCounts,
  noUseAfterFree,
  handlesUsedRightly,
  survivesCalls,
  callbackGetsLiveSession,
  oneContextPerSession,
  cacheWithinBound,
  cacheListsWhatItHolds,
  storedSessionsCanBeFound,
  publishedSessionUnchanged,
  heldSessionStaysResumable,
  sessionsWithinLimit,
  endsAgreeOnResumption,
  refusedPeerStaysRefused,
  clientResumesAsItself,
  sessionUsedForItsName,
  nothingLeakedAtExit,
  noReferenceOutlivesHolder,
  completeAfterCleanClose,
  truncatedIsNotComplete,
  acceptedBytesArrive,
  comesToRest,
  codeDoesNotThrow,
  codeComesToAnEnd,
  codeComesToRest,
  expectationHolds,
];
