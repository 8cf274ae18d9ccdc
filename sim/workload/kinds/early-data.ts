import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const earlyData: Workload = workload({
  name: 'early-data',
  title: 'requests go out as early data, and are accepted, rejected, cut off or sent twice',
  answers:
    'SSL_read_early_data(3): what becomes of early data when servers restart, clocks step and first flights come twice?',
  sometimes: [
    'resumed',
    'early data accepted',
    'early data rejected',
    'hello retry',
    'handshake failed',
    'refused a session',
  ],
  shape: {
    choices: {
      tls: ['1.3', '1.3', 'any'],
      servers: [1, 2],
      earlyData: [100, 1_000, 16_384],
      early: ['at-once', 'at-once', 'deferred', 'not-read'],
      numTickets: [null, 1, 4],
      helloRetry: [false, false, false, true],
      timeoutSeconds: [null, null, null, 5],
      contexts: [1],
      turns: [18, 24, 32],
    },
    faults: onlyFaults(
      15,
      'replay',
      'duplicate',
      'corrupt',
      'cut',
      'reset',
      'clock',
      'drift',
      'crash',
      'latency',
      'slicer',
      'redirect',
    ),
    moves: { 'early data': 60, 'set a session': 30, 'change early data': 20 },
  },
});

export default earlyData;
