/** Real programs over real sockets: a server and a client that speak TCP, and the files they share with OpenSSL's tools. */

export {
  type Conduct,
  type Misbehaviour,
  misbehaviourNamed,
  misbehaviours,
  type PreSharedKey,
} from '../emulator/index.js';
export { type ConnectOptions, fragmentLengths, PeerClient } from './connect.js';
export { readAlpnList, readCipherList, type TlsVersions } from './context.js';
export { ConnectionFailure, type FailureCode, PeerError, type PeerErrorCode } from './error.js';
export {
  type Authorities,
  appendTo,
  bundledAuthorities,
  keyLogTo,
  readAuthorities,
  readBytes,
  readCredential,
  writeCertificates,
} from './files.js';
export { whenInterrupted } from './interrupt.js';
export { Packets } from './packets.js';
export { readPreSharedKey } from './psk.js';
export { PeerServer, type ServeOptions } from './serve.js';
