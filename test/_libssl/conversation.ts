/** Conversations of TLS 1.3 as lines, played over any libssl: what is called, who gets which bytes, and what each call answers. */

/** What a context is given. A server has the test certificate, unless told; a client where it is told. */
export interface ContextSetup {
  readonly certificate?: boolean;
  readonly maxEarlyData?: number;
  readonly noAntiReplay?: true;
  /** Clients are asked for a certificate, and must show one: in the handshake, or when the server asks later. */
  readonly verify?: 'handshake' | 'late';
  /** A client lets itself be asked later. */
  readonly lateAuthentication?: true;
  readonly psk?: string;
  readonly cacheClient?: true;
  readonly max12?: true;
  readonly noTicket?: true;
}

export interface Conversation {
  readonly contexts: Readonly<Record<string, ContextSetup>>;
  /**
   * Lines and what they answer:
   * `new c s CC SC [SESSION]` two connections of contexts, not begun; `connect c s` until both are done,
   * `handshake c s` and the client has read;
   * `move c s` what the one has written goes to the other (`-`: is lost), answered with the number of records;
   * `keep c NAME` what it has written is kept, `play NAME s` and goes there, as often as told; `session NAME c` a client's session;
   * `end c s` closed both ways and freed; `c CALL [WORD]` a call of libssl; `reused c`, `certificate c`.
   */
  readonly lines: readonly (readonly [line: string, answer: string, in111?: string])[];
}

/** What the lines answer in that profile. */
export function answersIn(profile: string, { lines }: Conversation): readonly string[] {
  return lines.map(([, answer, in111 = answer]) => (profile === '1.1.1' ? in111 : answer));
}

/** What a line needs of a libssl: contexts `X`, connections `S`, sessions `N`. */
export interface Api<X, S, N> {
  context(setup: ContextSetup): X;
  connection(ctx: X, role: 'client' | 'server', session: N | undefined): S;
  /** All that it has written and was not taken. */
  take(ssl: S): Uint8Array;
  put(ssl: S, bytes: Uint8Array): void;
  /** What a call gives: the value, then the bytes or the errors. */
  call(ssl: S, name: string, word: string): string;
  session(ssl: S): N;
  reused(ssl: S): number;
  certificate(ssl: S): boolean;
  free(ssl: S): void;
}

const headerBytes = 5;
const turnsMax = 6;

/** Plays it. @returns what each line answers */
export function converse<X, S, N>(api: Api<X, S, N>, { contexts, lines }: Conversation): string[] {
  const made = new Map(Object.entries(contexts).map(([name, setup]) => [name, api.context(setup)]));
  const connections = new Map<string, S>();
  const sessions = new Map<string, N>();
  const kept = new Map<string, Uint8Array>();
  const ssl = (name = ''): S => connections.get(name)!;
  const move = (from: string, to: string): string => {
    const bytes = api.take(ssl(from));
    if (to !== '-') api.put(ssl(to), bytes);
    return String(records(bytes));
  };
  const turns = (client: string, server: string, name: string): string[] => {
    const answers: string[] = [];
    for (let turn = 0; turn < turnsMax; turn += 1) {
      for (const [who, other] of [
        [client, server],
        [server, client],
      ] as const) {
        const answer = api.call(ssl(who), name, '');
        answers[who === client ? 0 : 1] = answer;
        move(who, other);
      }
    }
    return answers;
  };
  return lines.map(([line]) => {
    const [first = '', second = '', third = '', ...rest] = line.split(' ');
    switch (first) {
      case 'new': {
        const [clientContext = '', serverContext = '', session = ''] = rest;
        connections.set(second, api.connection(made.get(clientContext)!, 'client', sessions.get(session)));
        connections.set(third, api.connection(made.get(serverContext)!, 'server', undefined));
        return '';
      }
      case 'connect':
      case 'handshake': {
        const answers = turns(second, third, 'SSL_do_handshake');
        if (first === 'handshake') api.call(ssl(second), 'SSL_read', '');
        return answers.join(', ');
      }
      case 'end':
        turns(second, third, 'SSL_shutdown');
        for (const name of [second, third]) api.free(ssl(name));
        return '';
      case 'move':
        return move(second, third);
      case 'keep':
        kept.set(third, api.take(ssl(second)));
        return String(records(kept.get(third)!));
      case 'play':
        api.put(ssl(third), kept.get(second)!);
        return '';
      case 'session':
        sessions.set(second, api.session(ssl(third)));
        return '';
      case 'reused':
        return String(api.reused(ssl(second)));
      case 'certificate':
        return api.certificate(ssl(second)) ? 'yes' : 'no';
      default:
        return api.call(ssl(first), second, third);
    }
  });
}

function records(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += headerBytes + bytes[at + 3]! * 256 + bytes[at + 4]!) count += 1;
  return count;
}
