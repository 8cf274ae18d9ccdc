import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const damage: Workload = workload({
  name: 'damage',
  title: 'somebody on the way flips bits, repeats records and ends streams, of those that resume most of all',
  answers: 'CVE-2014-3567: what does a server keep of a ticket that it cannot open?',
  sometimes: ['resumed', 'refused a session', 'handshake failed', 'truncated'],
  shape: {
    choices: {
      servers: [1],
      tickets: [true, true, true, false],
      earlyData: [0, 0, 1_000],
      helloRetry: [false],
      timeoutSeconds: [null],
      serverClose: ['answer'],
      turns: [18, 24, 32],
    },
    faults: { ...onlyFaults(40, 'cut', 'duplicate', 'replay', 'reset'), corrupt: 95, misbehave: 20 },
    moves: { 'set a session': 30, 'keep its session': 30 },
  },
});

export default damage;
