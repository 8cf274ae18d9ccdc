/** Begins a step: a call is over at once, a verb may take its time. */
import { type Activity, type Ended, ok } from './activity.js';
import { balance } from './balance.js';
import { expectHost, trust, useCredential } from './certificates.js';
import { callCode } from './code.js';
import type { End } from './connections.js';
import { allowEarlyData } from './early-data.js';
import { directorySync, fileRead, fileRemove, fileRename, fileSync, fileWrite } from './files.js';
import { keepSessions, takeSession } from './kept-sessions.js';
import { checkPeer } from './peer-checks.js';
import type { Process } from './process.js';
import { storeSessions, useSharedPsk, useTicketKeys } from './server-state.js';
import type { ReadyStep } from './step.js';
import { Close, Connect, Handshake, KeyUpdates, Receive, Request, Send, SendEarly } from './talk.js';
import type { Task } from './task.js';
import type { Verb, VerbOptions } from './verbs.js';

/** @returns how the step ended, or what goes on */
export function begin(process: Process, task: Task, step: ReadyStep): Activity | Ended {
  if (step.program !== undefined) return process.call(step.program);
  return step.verb === undefined ? ok : beginVerb(process, task, step, step.verb);
}

function beginVerb(process: Process, task: Task, step: ReadyStep, verb: Verb): Activity | Ended {
  switch (verb.verb) {
    case 'sleep':
      return sleep(process, task, verb.options.us);
    case 'await':
      return awaitStep(process, task, verb.options);
    case 'exit':
      return process.exit();
    case 'observe':
      return process.observe(verb.object);
    case 'serve':
      return process.serve(step.id, verb.object, verb.options);
    case 'early_data':
      return allowEarlyData(process, verb.object, verb.options);
    case 'ticket_keys':
      return useTicketKeys(process, verb.object, verb.options);
    case 'psk':
      return useSharedPsk(process, verb.object, verb.options);
    case 'session_store':
      return storeSessions(process, verb.object, verb.options);
    case 'keep_sessions':
      return keepSessions(process, verb.object, verb.options);
    case 'holds_at_most':
      process.oversight.commitments.keepsAtMost(verb.options.sessionsPerHost);
      return ok;
    case 'take_session':
      return takeSession(process, verb.object, { ...verb.options, as: step.let });
    case 'balance':
      return balance(process, step.id, verb.options);
    case 'trust':
      return trust(process, verb.object, verb.options);
    case 'credential':
      return useCredential(process, verb.object, verb.options);
    case 'check_peer':
      return checkPeer(process, verb.object, verb.options);
    case 'expect_host':
      return expectHost(process, verb.object, verb.options.name);
    case 'connect': {
      const end = process.ends.connect(step.id, verb.object, verb.options);
      return 'socket' in end ? new Connect(end) : end;
    }
    case 'handshake':
      return onEnd(process, verb, (end) => new Handshake(process, end));
    case 'send':
      return onEnd(process, verb, (end) => new Send(process, end, verb.options.bytes));
    case 'receive':
      return onEnd(process, verb, (end) => new Receive(process, end, verb.options.bytes));
    case 'request':
      return onEnd(process, verb, (end) => new Request(process, end, verb.options));
    case 'send_early':
      return onEnd(process, verb, (end) => new SendEarly(process, end, verb.options));
    case 'key_update':
      return onEnd(process, verb, (end) => new KeyUpdates(process, end, verb.options));
    case 'close':
      return onEnd(process, verb, (end) => new Close(process, end, verb.options));
    case 'disconnect':
      return onEnd(process, verb, (end) => {
        process.ends.close(end);
        return ok;
      });
    case 'code':
      return callCode(process, task, step.id, verb.options);
    case 'file_write':
      return fileWrite(process, verb.options.path, verb.bytes ?? process.bytes(verb.object));
    case 'file_read':
      return fileRead(process, verb.options.path, step.let);
    case 'file_sync':
      return fileSync(process, verb.options.path);
    case 'file_rename':
      return fileRename(process, verb.options);
    case 'file_remove':
      return fileRemove(process, verb.options.path);
    case 'directory_sync':
      return directorySync(process, verb.options.path);
  }
}

function onEnd(process: Process, verb: Verb, make: (end: End) => Activity | Ended): Activity | Ended {
  const found = process.endOf(verb.object, verb.verb);
  return 'socket' in found ? make(found) : found;
}

function sleep(process: Process, task: Task, us: number): Activity {
  const state = { over: us === 0 };
  if (us > 0) {
    process.host.schedule(us, 'sleep', () => {
      state.over = true;
      task.wake();
    });
  }
  return { bounded: false, poll: () => (state.over ? ok : undefined) };
}

function awaitStep(process: Process, task: Task, { step, withinUs }: VerbOptions['await']): Activity {
  process.world.onStepEnd(step, () => task.wake());
  return { bounded: true, boundUs: withinUs, poll: () => (process.world.results.has(step) ? ok : undefined) };
}
