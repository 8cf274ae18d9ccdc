/** A scenario without a network, so that thousands of its runs take a second: now and then it forgets something, or frees it twice. */
import { type Scenario, scenario } from '../../sim/scenario/index.js';

const leaky: Scenario = scenario({
  name: 'leaky',
  title: 'a process that handles its references badly under some seeds',
  answers: 'what tests of campaigns look for',
  record(w) {
    const client = w.client();
    const ctx = client.context();
    const connection = ctx.connection();
    for (let i = w.draw.int('idle', { min: 0, max: 4 }); i > 0; i -= 1) client.sleep({ seconds: 1 });
    const fault = w.draw.int('fault', { min: 1, max: 20 });
    if (fault !== 1) connection.free();
    if (fault === 2) connection.free();
    if (fault !== 3) ctx.free();
    client.call('exit', [], 'outcome'); // what is left has leaked
  },
});

export default leaky;
