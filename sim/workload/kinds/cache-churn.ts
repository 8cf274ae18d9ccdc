import { onlyFaults } from '../../swarm/index.js';
import { type Workload, workload } from '../workload.js';

const cacheChurn: Workload = workload({
  name: 'cache-churn',
  title: 'small caches on both sides, with callbacks, flushes, expiry and sessions that are added and removed by hand',
  answers: 'SSL_CTX_sess_set_cache_size(3), SSL_CTX_sess_set_get_cb(3): who is in a cache, and who holds what is not?',
  sometimes: ['resumed', 'refused a session', 'evicted', 'removed by callback', 'asked by callback', 'expired'],
  shape: {
    choices: {
      clients: [1, 2],
      tickets: [false, false, true],
      serverCacheSize: [1, 2, 3],
      clientCache: ['internal', 'internal', 'own'],
      clientCacheSize: [1, 2, 3],
      looksAtRemoved: [true],
      store: ['none', 'none', 'beside', 'instead'],
      timeoutSeconds: [null, 5, 300],
      tls: ['1.2', '1.2', 'any', '1.3'],
      earlyData: [0],
    },
    faults: onlyFaults(12, 'reset', 'clock', 'enter', 'allocation', 'no_space', 'crash', 'drift', 'corrupt'),
    moves: {
      'flush the cache': 40,
      'resize the cache': 30,
      'add to the cache': 30,
      'remove from the cache': 30,
      'change its time': 20,
      'ex_data of a session': 20,
      'set a session': 20,
    },
  },
});

export default cacheChurn;
