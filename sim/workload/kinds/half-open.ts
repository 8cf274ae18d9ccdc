import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const halfOpen: Workload = workload({
  name: 'half-open',
  title: 'streams are cut, reset, held and ended without a word, and small buffers fill up',
  answers: 'openssl/openssl#11378: what does each side know of an end that the other has not seen?',
  sometimes: ['truncated', 'reset', 'timed out', 'half-open', 'resumed'],
  shape: {
    choices: {
      serverClose: ['answer', 'none'],
      bufferBytes: [null, 512, 2_048],
      latencyUs: [500, 20_000],
    },
    faults: {
      ...onlyFaults(
        20,
        'cut',
        'reset',
        'limit_data',
        'timeout',
        'reset_peer',
        'slow_close',
        'hold',
        'partition',
        'pause',
        'bandwidth',
      ),
      crash: 20,
      misbehave: 30,
    },
    moves: { disconnect: 40, 'free an open connection': 40, request: 20, close: 20 },
  },
});

export default halfOpen;
