// The small world of the bench as a scenario of its own, which a campaign's threads load.
import { smallScenario } from './worlds.mjs';

export default smallScenario('1.2');
