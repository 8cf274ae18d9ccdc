/** Flows of early data that the model and real OpenSSL play, and what both answer. */

export interface EarlyDataFlow {
  readonly setup?: {
    /** Bytes that tickets allow; 1,000 unless told. */
    readonly max?: number;
    readonly noAntiReplay?: boolean;
    /** The client's session was used for early data before. */
    readonly twice?: boolean;
    readonly withoutSession?: boolean;
    /** The server wants another group. */
    readonly retries?: boolean;
    readonly serverOf12?: boolean;
    /** The server allows none any more, once the client has its session. */
    readonly allowsNoMore?: boolean;
    /** A server with keys of its own, which allows as much. */
    readonly otherServer?: boolean;
  };
  /** What is called, and what it answers: the value, the name of SSL_get_error or the bytes, the errors. */
  readonly steps: readonly (readonly [call: string, answer: string])[];
}

/** Early data call by call, with the answers of 1.1.1 and 3.0; 3.5 words alerts otherwise. */
export const earlyDataFlows: Readonly<Record<string, EarlyDataFlow>> = {
  'early data, an answer before the client has finished, and data': {
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['client SSL_write_early_data bird', '1'],
      ['state', 'early 1 0, reused 0, finished 0 0, in init 0 1'],
      ['server SSL_read_early_data', '1 early'],
      ['server SSL_read_early_data', '1 bird'],
      ['state', 'early 1 2, reused 0, finished 0 0, in init 0 0'],
      ['server SSL_write x', '0 SSL called a function you should not call'],
      ['client SSL_do_handshake', '1'],
      ['state', 'early 2 2, reused 1, finished 1 0, in init 0 0'],
      ['server SSL_read_early_data', '2'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
      ['server SSL_write_early_data half', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['client SSL_read', '4 half'],
      ['client SSL_read', '-1 WANT_READ'],
      ['client SSL_write yy', '2'],
      ['server SSL_read', '2 yy'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a client that reads between its early data': {
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['client SSL_read', '-1 WANT_READ'],
      ['server SSL_read_early_data', '1 early'],
      ['server SSL_read_early_data', '0 WANT_READ'],
      ['server SSL_write_early_data half', '1'],
      ['client SSL_read', '4 half'],
      ['state', 'early 2 2, reused 1, finished 0 0, in init 0 0'],
      ['client SSL_write_early_data more', '1'],
      ['client SSL_read', '-1 WANT_READ'],
      ['state', 'early 2 2, reused 1, finished 0 0, in init 0 0'],
      ['server SSL_read_early_data', '1 more'],
      ['server SSL_read_early_data', '0 WANT_READ'],
      ['client SSL_write late', '4'],
      ['state', 'early 2 2, reused 1, finished 1 0, in init 0 0'],
      ['server SSL_read_early_data', '2'],
      ['server SSL_read', '4 late'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a client that writes plainly after its early data': {
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['client SSL_write direct', '-1 WANT_READ'],
      ['state', 'early 1 0, reused 0, finished 0 0, in init 1 1'],
      ['server SSL_read_early_data', '1 early'],
      ['server SSL_read_early_data', '0 WANT_READ'],
      ['client SSL_write direct', '6'],
      ['state', 'early 2 2, reused 1, finished 1 0, in init 0 0'],
      ['server SSL_read_early_data', '2'],
      ['server SSL_read', '6 direct'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'the same ticket a second time': {
    setup: { twice: true },
    steps: [
      ['client SSL_write_early_data twice', '1'],
      ['server SSL_read_early_data', '2'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 0 0'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_read_early_data', '0 SSL called a function you should not call'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['client SSL_write late', '4'],
      ['server SSL_read', '4 late'],
      ['state', 'early 1 1, reused 0, finished 1 1, in init 0 0'],
    ],
  },
  'a server that does not read early data': {
    steps: [
      ['client SSL_write_early_data vain', '1'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 0 1'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['client SSL_write late', '4'],
      ['server SSL_read', '4 late'],
      ['state', 'early 1 1, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'calls where there is nothing to send early': {
    setup: { withoutSession: true },
    steps: [
      ['client SSL_write_early_data x', '0 SSL called a function you should not call'],
      ['client SSL_read_early_data', '0 SSL called a function you should not call'],
      ['server SSL_write_early_data x', '0 SSL called a function you should not call'],
      ['server SSL_read_early_data', '0 WANT_READ'],
      ['server SSL_write y', '0 SSL called a function you should not call'],
      ['server SSL_read', '0 SSL called a function you should not call'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['client SSL_do_handshake', '-1 WANT_READ'],
      ['server SSL_read_early_data', '2'],
      ['state', 'early 0 0, reused 0, finished 0 0, in init 1 0'],
    ],
  },
  'a client that writes more than its session allows': {
    setup: { max: 10 },
    steps: [
      ['client SSL_write_early_data 01234567890', '0 SSL too much early data'],
      ['state', 'early 1 0, reused 0, finished 0 0, in init 1 1'],
      ['client SSL_write_early_data 0', '0 SYSCALL'],
      ['client SSL_do_handshake', '-1 SYSCALL'],
    ],
  },
  'a client that writes more than its session allows in a second call': {
    setup: { max: 10 },
    steps: [
      ['client SSL_write_early_data 0123456', '1'],
      ['client SSL_write_early_data 789a', '0 SSL too much early data'],
      ['state', 'early 1 0, reused 0, finished 0 0, in init 1 1'],
      ['server SSL_read_early_data', '1 0123456'],
      ['server SSL_read_early_data', '0 SSL tlsv1 alert internal error'],
    ],
  },
  'a HelloRetryRequest to a server that reads early data': {
    setup: { noAntiReplay: true, retries: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_read_early_data', '2'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 0 0'],
      ['client SSL_do_handshake', '-1 WANT_READ'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 1 0'],
      ['server SSL_read_early_data', '0 SSL called a function you should not call'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['client SSL_write late', '4'],
      ['server SSL_read', '4 late'],
      ['state', 'early 1 1, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a HelloRetryRequest to a server that does not': {
    setup: { noAntiReplay: true, retries: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 0 1'],
      ['client SSL_do_handshake', '-1 WANT_READ'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_write late', '4'],
      ['server SSL_read', '4 late'],
      ['state', 'early 1 1, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a HelloRetryRequest where a ticket opens once': {
    setup: { retries: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_read_early_data', '2'],
      ['client SSL_do_handshake', '-1 WANT_READ'],
      ['server SSL_do_handshake', '-1 WANT_READ'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_write again', '5'],
      ['server SSL_read', '5 again'],
      ['state', 'early 1 1, reused 0, finished 1 1, in init 0 0'],
    ],
  },
  'a server that allows none any more': {
    setup: { allowsNoMore: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_read_early_data', '2'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_write again', '5'],
      ['server SSL_read', '5 again'],
      ['state', 'early 1 1, reused 0, finished 1 1, in init 0 0'],
    ],
  },
  'a server that allows none any more, and has no anti-replay': {
    setup: { allowsNoMore: true, noAntiReplay: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_read_early_data', '2'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_write again', '5'],
      ['server SSL_read', '5 again'],
      ['state', 'early 1 1, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a server that does not know the ticket': {
    setup: { otherServer: true },
    steps: [
      ['client SSL_write_early_data early', '1'],
      ['server SSL_read_early_data', '2'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['client SSL_write again', '5'],
      ['server SSL_read', '5 again'],
      ['state', 'early 1 1, reused 0, finished 1 1, in init 0 0'],
    ],
  },
  'the same ticket a second time, without anti-replay': {
    setup: { twice: true, noAntiReplay: true },
    steps: [
      ['client SSL_write_early_data again', '1'],
      ['server SSL_read_early_data', '1 again'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_read_early_data', '2'],
      ['server SSL_do_handshake', '1'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'a server of TLS 1.2': {
    setup: { serverOf12: true },
    steps: [
      ['client SSL_write_early_data x', '1'],
      ['server SSL_do_handshake', '-1 SSL unexpected message'],
      ['client SSL_do_handshake', '-1 SSL sslv3 alert unexpected message'],
      ['server SSL_do_handshake', '-1 SYSCALL'],
      ['state', 'early 1 1, reused 0, finished 0 0, in init 1 1'],
    ],
  },
  'a client that shuts down before the handshake goes on': {
    steps: [
      ['client SSL_write_early_data x', '1'],
      ['client SSL_shutdown', '0 SYSCALL'],
      ['server SSL_read_early_data', '1 x'],
      ['server SSL_read_early_data', '0 ZERO_RETURN'],
      ['state', 'early 1 2, reused 0, finished 0 0, in init 0 0'],
    ],
  },
  'a server that shuts down before the handshake goes on': {
    steps: [
      ['client SSL_write_early_data x', '1'],
      ['server SSL_read_early_data', '1 x'],
      ['server SSL_shutdown', '0 SYSCALL'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_do_handshake', '1'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
  'nothing as early data': {
    steps: [
      ['client SSL_write_early_data', '1'],
      ['state', 'early 1 0, reused 0, finished 0 0, in init 0 1'],
      ['server SSL_read_early_data', '0 WANT_READ'],
      ['client SSL_do_handshake', '1'],
      ['server SSL_read_early_data', '2'],
      ['state', 'early 2 2, reused 1, finished 1 1, in init 0 0'],
    ],
  },
};

/** The rest of a handshake whose early data are accepted. */
export const readAndFinish: readonly string[] = [
  'server SSL_read_early_data',
  'client SSL_do_handshake',
  'server SSL_read_early_data',
  'server SSL_do_handshake',
];

/** What the ends of a flow answer in that line. */
export function answersOf({ steps }: EarlyDataFlow, profile: string): string[] {
  return steps.map(([, answer]) => (profile === '3.5' ? answer.replace('sslv3', 'ssl/tls') : answer));
}
