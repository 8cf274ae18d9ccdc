/** `--pcap` of serve and connect, as tshark judges it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { addressOf } from '../../sim/peers/packets.js';
import { newFolder } from '../_folder.js';
import { connecting, Ours, serving } from './_peers.js';
import { dissect, type Packet } from './_tshark.js';

const fresh = (name: string): string => join(newFolder(), name);
const read = (file: string): readonly Packet[] => dissect(readFileSync(file)).packets;

const requests = (packets: readonly Packet[]): readonly Packet[] =>
  packets.filter(({ info }) => info.startsWith('GET /'));

test('both ends of connections over real TCP give captures that open decrypted, full, resumed and renegotiated', async (t) => {
  for (const tls of ['1.2', '1.3']) {
    const [ours, theirs] = [fresh('serve.pcapng'), fresh('connect.pcapng')];
    const more = tls === '1.2' ? ['--renegotiate'] : ['--key-update'];
    await serving(['--pcap', ours, '--tls', tls, ...more], async (port) => {
      const args = [`localhost:${port}`, '--insecure', '--reconnect', '1', '--get', '/', '--tls', tls];
      const { code, err } = await connecting(...args, '--pcap', theirs);
      t.is(code, 0, err);
    });
    for (const file of [ours, theirs]) {
      const packets = read(file);
      t.deepEqual(
        packets.flatMap(({ errors, analysis }) => [...errors, ...analysis]),
        [],
      );
      t.deepEqual([...new Set(packets.map(({ stream }) => stream))], [0, 1]);
      t.is(requests(packets).length, 2, 'each request is read');
      t.is(packets.filter(({ info }) => info.startsWith('HTTP/1.1 200 OK')).length, 2);
      const resets = packets.filter(({ flags }) => flags.includes('RST'));
      t.deepEqual(resets, []);
      t.is(packets.filter(({ flags }) => flags.includes('FIN')).length, 4);
      const told = packets.map(({ comment }) => comment).join('\n');
      t.regex(
        told,
        file === ours ? /decision: server accepted resumed-by-/u : /decision: client accepted server-resumed/u,
      );
      const second = packets.filter(({ stream }) => stream === 1).flatMap(({ handshakeTypes }) => handshakeTypes);
      t.deepEqual(second.slice(0, 2), [1, 2]);
      t.true(second.filter((type) => type === 20).length >= 2, 'Finished of both sides is read');
      const keyUpdate = 24;
      if (tls === '1.3') t.true(second.includes(keyUpdate));
      t.is(statSync(file).mode & 0o777, 0o600, 'it holds secrets');
    }
  }
});

test('what is put on the wire past TLS, and a reset, are in the capture', async (t) => {
  const [garbage, reset] = [fresh('garbage.pcapng'), fresh('reset.pcapng')];
  await serving(['--pcap', garbage, '--misbehave', 'garbage-record'], async (port) => {
    await connecting(`localhost:${port}`, '--insecure', '--get', '/');
  });
  t.true(read(garbage).length > 4);
  await serving(['--pcap', reset, '--misbehave', 'reset-after-answer'], async (port) => {
    await connecting(`localhost:${port}`, '--insecure', '--get', '/');
  });
  t.true(read(reset).some(({ flags }) => flags.includes('RST')));
});

test('a capture over IPv6', async (t) => {
  const file = fresh('six.pcapng');
  const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8').includes('lo');
  if (!hasIpv6) {
    t.deepEqual(addressOf('::1'), Uint8Array.from([...new Array<number>(15).fill(0), 1]));
    return;
  }
  await serving(['--pcap', file, '--host', '::1'], async (port) => {
    t.is((await connecting(`[::1]:${port}`, '--insecure', '--get', '/')).code, 0);
  });
  const packets = read(file);
  t.deepEqual(
    packets.flatMap(({ errors, analysis }) => [...errors, ...analysis]),
    [],
  );
  t.is(requests(packets).length, 1);
});

test('addresses are read as Node writes them', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['127.0.0.1', '7f000001'],
    ['::ffff:10.1.2.3', '0a010203'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::1:2%eth0', 'fe800000000000000000000000010002'],
    ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
    ['2001:db8::', '20010db8000000000000000000000000'],
  ];
  for (const [text, hex] of cases) t.is(Buffer.from(addressOf(text)).toString('hex'), hex, text);
});

test('a capture on standard output leaves it to the packets; one that cannot be written is refused first', async (t) => {
  await serving([], async (port) => {
    const client = new Ours(['connect', `localhost:${port}`, '--insecure', '--get', '/', '--pcap', '-']);
    t.is(await client.code, 0);
    const packets = dissect(Buffer.from(client.out.text, 'latin1')).packets;
    t.is(requests(packets).length, 1);
    t.regex(client.err.text, /^New, TLSv1\.3/mu);
    const folder = newFolder();
    const { code, err } = await connecting(`localhost:${port}`, '--insecure', '--pcap', join(folder, 'none', 'x'));
    t.is(code, 2);
    t.regex(err, /cannot write the capture to /u);
    t.deepEqual(readdirSync(folder), []);
  });
});
