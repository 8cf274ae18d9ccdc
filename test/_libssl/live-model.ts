/** The model as a library of a live handshake. */
import { type CryptoProvider, type ProfileName, realCrypto, type TicketKeys } from '../../src/index.js';
import { End, type Memory } from '../_end.js';
import type { Flow, Role } from '../_flows.js';
import {
  type LiveCall,
  type LiveLibrary,
  type LiveMemory,
  type LiveSsl,
  liveCredential,
  liveReadBytes,
  liveWord,
} from './live.js';

const updateRequested = 1; // SSL_KEY_UPDATE_REQUESTED

export class ModelLibrary implements LiveLibrary {
  readonly crypto: CryptoProvider = realCrypto();
  readonly #profile: ProfileName;

  constructor(profile: ProfileName) {
    this.#profile = profile;
  }

  open(flow: Flow, role: Role, memory: LiveMemory | undefined): ModelSsl {
    const kept = memory as Memory | undefined; // `memoryOf` made it
    return new ModelSsl(
      new End(this.#profile, flow, role, { memory: kept, crypto: 'real', credential: liveCredential }),
    );
  }

  memoryOf(client: ModelSsl, server: ModelSsl): Memory {
    return { client: client.session(), server: server.session(), ticketKeys: server.ticketKeys() };
  }
}

class ModelSsl implements LiveSsl {
  readonly #end: End;

  constructor(end: End) {
    this.#end = end;
  }

  get secrets(): ReadonlyMap<string, Uint8Array> {
    return this.#end.secrets;
  }

  get isDone(): boolean {
    return this.#end.isDone;
  }

  session(): Uint8Array {
    const { L } = this.#end.b;
    return L.i2d_SSL_SESSION(L.SSL_get_session(this.#end.ssl)!)!;
  }

  ticketKeys(): TicketKeys {
    return this.#end.b.L.SSL_CTX_get_tlsext_ticket_keys(this.#end.ctx);
  }

  call(name: LiveCall): number {
    const { L } = this.#end.b;
    const { ssl } = this.#end;
    switch (name) {
      case 'SSL_do_handshake':
        return L.SSL_do_handshake(ssl);
      case 'SSL_read':
        return L.SSL_read(ssl, liveReadBytes)[0];
      case 'SSL_read_early_data':
        return L.SSL_read_early_data(ssl, liveReadBytes)[0];
      case 'SSL_write_early_data':
        return L.SSL_write_early_data(ssl, liveWord);
      case 'SSL_write':
        return L.SSL_write(ssl, liveWord);
      case 'SSL_shutdown':
        return L.SSL_shutdown(ssl);
      case 'SSL_key_update':
        return L.SSL_key_update(ssl, updateRequested);
      case 'SSL_verify_client_post_handshake':
        return L.SSL_verify_client_post_handshake(ssl);
    }
  }

  errorOf(result: number): string {
    return this.#end.b.L.SSL_get_error(this.#end.ssl, result).slice('SSL_ERROR_'.length);
  }

  takeErrors(): string[] {
    return this.#end.b.L.takeErrors();
  }

  hear(bytes: Uint8Array): void {
    this.#end.hear(bytes);
  }

  hearEnd(): void {
    this.#end.hearEnd();
  }

  said(): Uint8Array {
    return this.#end.said();
  }

  free(): void {
    this.#end.free();
  }
}
