import test from 'ava';
import { MemoryTransport } from '../../../src/index.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('what was written is read in any pieces, and counted', (t) => {
  const [a, b] = MemoryTransport.pair();
  a.write(bytes(1, 2, 3, 4, 5));
  a.write(bytes(6));
  t.is(b.readable, 6);
  t.deepEqual(b.read(2), bytes(1, 2));
  t.is(b.readable, 4);
  t.deepEqual(b.read(2), bytes(3, 4));
  t.deepEqual(b.read(9), bytes(5));
  t.deepEqual(b.read(9), bytes(6));
  t.is(b.read(1), 'wait');
  t.is(b.readable, 0);
});

test('who takes all gets what was not read yet', (t) => {
  const [a, b] = MemoryTransport.pair();
  a.write(bytes(1, 2, 3));
  a.write(bytes(4));
  b.read(2);
  t.deepEqual(b.take(), [bytes(3), bytes(4)]);
  t.deepEqual(b.take(), []);
  a.write(bytes(5, 6));
  t.deepEqual(b.read(2), bytes(5, 6));
});

test('room comes back as bytes are read, also in the middle of what was written', (t) => {
  const [a, b] = MemoryTransport.pair();
  a.capacity = 4;
  t.is(a.write(bytes(1, 2, 3, 4, 5)), 4);
  t.is(a.write(bytes(5)), 0);
  b.read(1);
  t.is(a.write(bytes(5, 6)), 1);
  t.deepEqual(b.take(), [bytes(2, 3, 4), bytes(5)]);
});

test('a cut end reads nothing more, and its peer what is under way', (t) => {
  const [a, b] = MemoryTransport.pair();
  a.write(bytes(1, 2, 3));
  b.write(bytes(4));
  b.read(1);
  a.cut();
  t.is(a.read(1), 'eof');
  t.is(a.write(bytes(1)), 'broken');
  t.deepEqual(b.read(5), bytes(2, 3));
  t.is(b.read(1), 'eof');
});
