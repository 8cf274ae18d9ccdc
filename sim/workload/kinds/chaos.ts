import { allFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const chaos: Workload = workload({
  name: 'chaos',
  title: 'clients and servers do whatever is possible now, while whatever may go wrong goes wrong',
  answers: 'what happens that nobody has thought of?',
  sometimes: [
    'resumed',
    'refused a session',
    'early data accepted',
    'early data rejected',
    'evicted',
    'asked by callback',
    'handshake failed',
    'crashed in a handshake',
    'truncated',
    'reset',
    'timed out',
    'restarted',
  ],
  shape: { choices: {}, faults: allFaults, moves: {} },
});

export default chaos;
