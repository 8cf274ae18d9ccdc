/** How a fault stands in a plan's file: what each takes, in which bounds. */
import * as v from 'valibot';
import { misbehaviours } from '../emulator/index.js';
import { allocationSites, type Fault, type FaultAction } from './faults.js';
import { microseconds, name, positive, stepId, whole } from './schema-parts.js';

const anchorSchema = v.union([
  v.strictObject({ us: microseconds }),
  v.strictObject({ after: stepId, us: v.exactOptional(microseconds) }),
  v.strictObject({
    point: v.string(),
    on: name,
    nth: positive,
    after: v.exactOptional(stepId),
    withinUs: v.exactOptional(microseconds),
  }),
]);

const host = { host: name };
const oneWay = { from: name, to: name };
const onStream = { connection: stepId, from: name };
const path = v.exactOptional(v.pipe(v.string(), v.startsWith('/')));
/** What clocks are known to do at their worst is below a tenth. */
const ppm = v.pipe(v.number(), v.safeInteger(), v.minValue(-500_000), v.maxValue(500_000));
const bit = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(7));

const actionSchema = v.variant('do', [
  v.strictObject({ do: v.literal('crash'), ...host, how: v.picklist(['reset', 'half-open']) }),
  v.strictObject({ do: v.literal('restart'), ...host }),
  v.strictObject({ do: v.literal('pause'), ...host }),
  v.strictObject({ do: v.literal('resume'), ...host }),
  v.strictObject({ do: v.literal('clock'), ...host, byMs: whole }),
  v.strictObject({ do: v.literal('drift'), ...host, ppm }),
  v.strictObject({ do: v.literal('no_space'), ...host }),
  v.strictObject({ do: v.literal('sync_lies'), ...host }),
  v.strictObject({ do: v.literal('lost_write'), ...host, path }),
  v.strictObject({ do: v.literal('torn_write'), ...host, path, bytes: microseconds }),
  v.strictObject({
    do: v.literal('allocation'),
    ...host,
    site: v.picklist(allocationSites),
    nth: v.exactOptional(positive),
    count: v.exactOptional(positive),
  }),
  v.strictObject({ do: v.literal('enter'), ...host, task: v.exactOptional(name), steps: positive }),
  v.strictObject({ do: v.literal('misbehave'), ...host, name: v.picklist(misbehaviours.map((one) => one.name)) }),
  v.strictObject({ do: v.literal('hold'), ...oneWay }),
  v.strictObject({ do: v.literal('release'), ...oneWay }),
  v.strictObject({ do: v.literal('partition'), ...oneWay }),
  v.strictObject({ do: v.literal('heal'), ...oneWay }),
  v.strictObject({
    do: v.literal('latency'),
    ...oneWay,
    latencyUs: microseconds,
    jitterUs: v.exactOptional(microseconds),
  }),
  v.strictObject({ do: v.literal('bandwidth'), ...oneWay, bytesPerSecond: positive }),
  v.strictObject({
    do: v.literal('slicer'),
    ...oneWay,
    averageBytes: positive,
    variationBytes: v.exactOptional(microseconds),
    delayUs: v.exactOptional(microseconds),
  }),
  v.strictObject({ do: v.literal('limit_data'), ...oneWay, bytes: microseconds }),
  v.strictObject({ do: v.literal('timeout'), ...oneWay, timeoutUs: microseconds }),
  v.strictObject({ do: v.literal('reset_peer'), ...oneWay, timeoutUs: microseconds }),
  v.strictObject({ do: v.literal('slow_close'), ...oneWay, delayUs: microseconds }),
  v.strictObject({ do: v.literal('redirect'), ...oneWay, ...host }),
  v.strictObject({ do: v.literal('reset'), connection: stepId }),
  v.strictObject({ do: v.literal('cut'), ...onStream, afterBytes: microseconds }),
  v.strictObject({
    do: v.literal('corrupt'),
    ...onStream,
    byte: microseconds,
    record: v.exactOptional(positive),
    bit: v.exactOptional(bit),
  }),
  v.strictObject({ do: v.literal('duplicate'), ...onStream, record: positive }),
  v.strictObject({
    do: v.literal('replay'),
    ...onStream,
    record: positive,
    count: positive,
    into: stepId,
    by: v.exactOptional(name),
    before: positive,
  }),
]);

/** What a fault may do, by name. */
export const faultNames: readonly FaultAction['do'][] = actionSchema.options.map((one) => one.entries.do.literal);

export const faultSchema: v.GenericSchema<Fault> = v.strictObject({
  id: stepId,
  at: anchorSchema,
  lastsUs: v.exactOptional(microseconds),
  action: actionSchema,
});
