import { closeNotifyOnce, nothingAfterFatal } from './after-fatal.js';
import { endsAgreeOnResumption } from './agreement.js';
import { acceptedBytesArrive } from './arrival.js';
import { cacheWithinBound } from './cache-bound.js';
import { cacheListsWhatItHolds } from './cache-listing.js';
import { cacheFindsWhatItHolds } from './cache-lookup.js';
import { callbackGetsLiveSession } from './callback.js';
import { countsEqualClaims, libraryKeepsCounts } from './claims.js';
import { codeComesToAnEnd, codeComesToRest, codeDoesNotThrow } from './code.js';
import { completeAfterCleanClose, truncatedIsNotComplete } from './delivery.js';
import { earlyDataComesOnce } from './early-data.js';
import { handshakeFallsBack } from './fall-back.js';
import { endsAgreeOnIdentity } from './identity.js';
import { noReferenceOutlivesHolder, nothingLeakedAtExit } from './leak.js';
import { ledgerKeepsBalance } from './ledger.js';
import { resumedWithinLifetime } from './lifetime.js';
import { handlesUsedRightly, noUseAfterFree, survivesCalls } from './misuse.js';
import { resumptionMeetsPolicy } from './policy.js';
import { comesToRest, expectationHolds } from './progress.js';
import { publishedSessionUnchanged } from './published.js';
import { refusedPeerStaysRefused } from './refused-peer.js';
import { clientResumesAsItself, sessionUsedForItsName } from './resumed-identity.js';
import { oneContextPerSession } from './second-context.js';
import { endsAgreeOnSecrets } from './secrets.js';
import { sessionsWithinLimit } from './session-limit.js';
import { heldSessionStaysResumable } from './spoilt.js';
import { storedSessionsCanBeFound } from './stored-in-vain.js';
import { ticketKeysAreOwn } from './ticket-keys.js';
import type { Invariant } from './violation.js';
import { nobodyWaitsForEver } from './waiting.js';
import { resumedWhereItBegan } from './where-it-began.js';
import { workWithinWhatItTouches } from './work.js';

export { dataAfterFatal, saidCloseAgain } from './after-fatal.js';
export { judgeAgreement } from './agreement.js';
export { type Arrival, lostByReset } from './arrival.js';
export { judgeCache } from './cache-bound.js';
export { judgeListing, type Listing } from './cache-listing.js';
export { notFound } from './cache-lookup.js';
export { handedDead } from './callback.js';
export { brokenClaims } from './claims.js';
export { codeNeverRests, codeThrew, codeWaits } from './code.js';
export { judgeEnding } from './delivery.js';
export { cameAgain } from './early-data.js';
export { judgeFailure } from './fall-back.js';
export { judgeIdentity } from './identity.js';
export { type Leak, leaked } from './leak.js';
export { type Balance, judgeBalance } from './ledger.js';
export { judgeLifetime } from './lifetime.js';
export { crashedIn, misused } from './misuse.js';
export { type Refusal, slippedIn } from './policy.js';
export { neverRests, unmet } from './progress.js';
export { changed } from './published.js';
export { readmitted } from './refused-peer.js';
export { resumedAsAnother, resumedForAnother } from './resumed-identity.js';
export { usedWithSecondContext } from './second-context.js';
export { judgeSecrets } from './secrets.js';
export { judgeHeldSessions } from './session-limit.js';
export { spoilt } from './spoilt.js';
export { storedInVain } from './stored-in-vain.js';
export { guessable, openedByAnother } from './ticket-keys.js';
export { type Broken, type Invariant, type Owner, type PromiseCode, promises } from './violation.js';
export { bothWrite } from './waiting.js';
export { judgeIdContext } from './where-it-began.js';
export { judgeWork, type Work } from './work.js';

/** Every invariant that a run is judged by. */
export const invariants: readonly Invariant[] = [
  countsEqualClaims,
  libraryKeepsCounts,
  ledgerKeepsBalance,
  noUseAfterFree,
  handlesUsedRightly,
  nothingAfterFatal,
  closeNotifyOnce,
  survivesCalls,
  callbackGetsLiveSession,
  oneContextPerSession,
  cacheWithinBound,
  sessionsWithinLimit,
  cacheListsWhatItHolds,
  cacheFindsWhatItHolds,
  storedSessionsCanBeFound,
  publishedSessionUnchanged,
  heldSessionStaysResumable,
  endsAgreeOnResumption,
  refusedPeerStaysRefused,
  clientResumesAsItself,
  sessionUsedForItsName,
  endsAgreeOnSecrets,
  endsAgreeOnIdentity,
  resumedWhereItBegan,
  resumptionMeetsPolicy,
  resumedWithinLifetime,
  earlyDataComesOnce,
  ticketKeysAreOwn,
  nothingLeakedAtExit,
  noReferenceOutlivesHolder,
  completeAfterCleanClose,
  truncatedIsNotComplete,
  acceptedBytesArrive,
  handshakeFallsBack,
  nobodyWaitsForEver,
  workWithinWhatItTouches,
  comesToRest,
  codeDoesNotThrow,
  codeComesToAnEnd,
  codeComesToRest,
  expectationHolds,
];
