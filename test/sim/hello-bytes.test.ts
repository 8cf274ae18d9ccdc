/** First flights of clients: as long as real OpenSSL's to the byte, and made of the same parts. */
import test from 'ava';
import { Machine } from '../../sim/program/machine.js';
import { parseStep } from '../../sim/program/parse.js';
import { libsslSource, modelSource, type StackSource } from '../../sim/program/stacks.js';
import { type ProfileName, profileNames, type Transport } from '../../src/index.js';
import { readClientHello } from '../../src/wire/index.js';

type Step = readonly [call: string, ...args: (string | number | { readonly text: string })[]];

/** What a client is told before its hello. */
interface Client {
  readonly title: string;
  /** Of its context `$cc`. */
  readonly context?: readonly Step[];
  /** Of its connection `$c`. */
  readonly own?: readonly Step[];
  /** It offers the session of a connection to the context `$sc`, of which this is said. */
  readonly resumes?: readonly Step[];
}

const noTickets: Step = ['SSL_CTX_set_options', '$sc', 'SSL_OP_NO_TICKET'];
const cipherList = (text: string): readonly Step[] => [['SSL_CTX_set_cipher_list', '$cc', { text }]];
const option = (name: string): readonly Step[] => [['SSL_CTX_set_options', '$cc', name]];

const clients: readonly Client[] = [
  { title: 'nothing said' },
  { title: 'from TLS 1.2 on', context: [['SSL_CTX_set_min_proto_version', '$cc', 'TLS1_2_VERSION']] },
  { title: 'without tickets', context: option('SSL_OP_NO_TICKET') },
  { title: 'without encrypt-then-MAC', context: option('SSL_OP_NO_ENCRYPT_THEN_MAC') },
  { title: 'without extended master secret', context: option('SSL_OP_NO_EXTENDED_MASTER_SECRET') },
  { title: 'psk_ke too', context: option('SSL_OP_ALLOW_NO_DHE_KEX') },
  {
    title: 'without the look of TLS 1.2',
    context: [['SSL_CTX_clear_options', '$cc', 'SSL_OP_ENABLE_MIDDLEBOX_COMPAT']],
  },
  { title: 'protocols', context: [['SSL_CTX_set_alpn_protos', '$cc', { text: 'h2,http/1.1' }]] },
  { title: 'a name', own: [['SSL_set_tlsext_host_name', '$c', { text: 'a.example' }]] },
  { title: 'authentication later', context: [['SSL_CTX_set_post_handshake_auth', '$cc', 1]] },
  { title: 'one group', context: [['SSL_CTX_set1_groups_list', '$cc', { text: 'P-256' }]] },
  { title: 'three groups', context: [['SSL_CTX_set1_groups_list', '$cc', { text: 'P-521:X25519:P-384' }]] },
  { title: 'two suites', context: cipherList('ECDHE-ECDSA-AES128-SHA:DHE-RSA-AES256-SHA') },
  { title: 'default suites but some', context: cipherList('DEFAULT:!AES256:+SHA1') },
  { title: 'finite fields behind the others', context: cipherList('DEFAULT:+DHE') },
  { title: 'no finite fields', context: cipherList('DEFAULT:!kDHE') },
  { title: 'the strongest first', context: cipherList('DEFAULT:@STRENGTH') },
  { title: 'one suite of TLS 1.3', context: [['SSL_CTX_set_ciphersuites', '$cc', { text: 'TLS_AES_128_GCM_SHA256' }]] },
  { title: 'a session', resumes: [] },
  { title: 'a session that its id names', resumes: [noTickets] },
];

const versions = ['TLS1_2_VERSION', 'TLS1_3_VERSION', 'both'] as const;

interface Hello {
  readonly bytes: number;
  readonly session: number;
  readonly suites: readonly string[];
  /** Each with its length. */
  readonly extensions: readonly string[];
}

function helloOf(source: StackSource, profile: ProfileName, client: Client, version: (typeof versions)[number]): Hello {
  const stack = source.open(profile);
  const machine = new Machine(stack);
  const make = (step: Step, name?: string): void => {
    const [call, ...args] = step;
    const parsed = parseStep({ call, args, ...(name === undefined ? {} : { let: name }) }, { place: call, profile });
    machine.execute(parsed, { strict: true, observe: 'nothing' });
  };
  make(['SSL_CTX_new', 'TLS_client_method'], 'cc');
  if (version !== 'both') {
    make(['SSL_CTX_set_min_proto_version', '$cc', version]);
    make(['SSL_CTX_set_max_proto_version', '$cc', version]);
  }
  for (const step of client.context ?? []) make(step);
  if (client.resumes !== undefined) {
    make(['SSL_CTX_new', 'TLS_server_method'], 'sc');
    make(['sim_use_certificate', '$sc']);
    for (const step of client.resumes) make(step);
    make(['SSL_new', '$cc'], 'before');
    make(['SSL_new', '$sc'], 'server');
    make(['sim_pair', '$before', '$server']);
    make(['sim_handshake', '$before', '$server']);
    make(['SSL_read', '$before', 1]); // tickets of TLS 1.3
    make(['SSL_get1_session', '$before'], 'session');
  }
  make(['SSL_new', '$cc'], 'c');
  for (const step of client.own ?? []) make(step);
  if (client.resumes !== undefined) make(['SSL_set_session', '$c', '$session']);
  make(['SSL_set_connect_state', '$c']);
  const written: Uint8Array[] = [];
  const transport: Transport = {
    read: () => 'wait',
    write: (bytes) => {
      written.push(bytes.slice());
      return bytes.length;
    },
  };
  const connection = machine.object('c');
  if (connection === undefined) throw new Error('no connection');
  stack.attach(connection.object, transport);
  make(['SSL_do_handshake', '$c']);
  stack.end();
  return partsOf(Buffer.concat(written));
}

const [recordHeaderBytes, messageHeaderBytes] = [5, 4];

function partsOf(flight: Uint8Array): Hello {
  const hello = readClientHello(flight.subarray(recordHeaderBytes + messageHeaderBytes));
  return {
    bytes: flight.length,
    session: hello.legacySessionId.length,
    suites: hello.cipherSuites.map((code) => code.toString(16)),
    extensions: (hello.extensions ?? []).map(({ type, data }) => `${type}: ${data.length}`),
  };
}

for (const profile of profileNames) {
  test(`${profile}: a first ClientHello has the bytes that OpenSSL gives it`, (t) => {
    const libssl = libsslSource({}, () => {});
    try {
      for (const version of versions) {
        for (const client of clients) {
          const theirs = helloOf(libssl, profile, client, version);
          t.deepEqual(helloOf(modelSource(), profile, client, version), theirs, `${client.title}, ${version}`);
        }
      }
    } finally {
      libssl.close();
    }
  });
}
