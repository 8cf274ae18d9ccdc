import { allFaults } from '../swarm.js';
import { type Workload, workload } from '../workload.js';

const chaos: Workload = workload({
  name: 'chaos',
  title: 'clients and servers do whatever is possible now, while whatever may go wrong goes wrong',
  answers: 'what happens that nobody has thought of?',
  shape: {
    servers: [1, 1, 2],
    clients: [1, 1, 2],
    tasks: [1, 1, 2],
    turns: { min: 6, max: 24 },
    tls: ['any', 'any', '1.2', '1.3'],
    tickets: [true, false],
    cacheSize: [1, 2, 3],
    faults: allFaults,
    moves: {},
  },
});

export default chaos;
