import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const restarts: Workload = workload({
  name: 'restarts',
  title: 'processes die and begin anew, with their disk or without, ticket keys rotate, clocks step',
  answers: 'wolfSSL/wolfssl#5463: which sessions outlive a restart, and what does everybody else see of it?',
  sometimes: [
    'resumed',
    'refused a session',
    'restarted',
    'crashed in a handshake',
    'asked by callback',
    'expired',
    'writes lost',
  ],
  shape: {
    choices: {
      servers: [1, 2],
      ticketKeys: ['lost', 'shared', 'file', 'file'],
      store: ['none', 'beside', 'instead'],
      timeoutSeconds: [null, null, 300],
      earlyData: [0, 0, 0, 1_000],
    },
    faults: {
      ...onlyFaults(15, 'drift', 'no_space', 'sync_lies', 'lost_write', 'torn_write', 'redirect', 'pause'),
      crash: 90,
      clock: 50,
    },
    moves: { 'store a session': 30, 'load a session': 30, 'rotate ticket keys': 30, 'set a session': 20 },
  },
});

export default restarts;
