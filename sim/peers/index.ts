/** Real programs over real sockets: a server and a client that speak TCP, and the files they share with OpenSSL's tools. */

export { type Conduct, type Misbehaviour, misbehaviourNamed, misbehaviours } from '../emulator/index.js';
export { type ConnectOptions, fragmentLengths, PeerClient } from './connect.js';
export { readAlpnList, readCipherList } from './context.js';
export { ConnectionFailure, type FailureCode, PeerError, type PeerErrorCode } from './error.js';
export {
  type Authorities,
  bundledAuthorities,
  keyLogTo,
  readAuthorities,
  readCredential,
  writeCertificates,
} from './files.js';
export { whenInterrupted } from './interrupt.js';
export { PeerServer, type ServeOptions } from './serve.js';
