import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const resumeStorm: Workload = workload({
  name: 'resume-storm',
  title: 'the tasks of clients share their sessions, and resume them in handshakes that overlap',
  answers: 'SSL_set_session(3): what becomes of a session that several connections use at once?',
  sometimes: ['resumed', 'refused a session', 'one session on two connections at once', 'handshake failed', 'evicted'],
  shape: {
    choices: {
      tasks: [2, 3],
      clients: [1, 1, 2],
      contexts: [1],
      turns: [12, 18, 24],
      numTickets: [null, 1, 4],
      timeoutSeconds: [null, null, null, 5],
      identity: [false, false, true],
    },
    faults: onlyFaults(20, 'reset', 'cut', 'corrupt', 'latency', 'slicer', 'enter', 'allocation', 'clock', 'redirect'),
    moves: { 'set a session': 40, 'keep its session': 20, sleep: 4, 'store a session': 0, 'load a session': 0 },
  },
});

export default resumeStorm;
