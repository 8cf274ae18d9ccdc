/** What libssl tells of itself while it works, as the events of the model, and how the agent writes them to the simulator. */
import type { StackEvent } from '../../../../src/index.js';

/** As StackEvent has them (src/events.ts); ids of callbacks in hex. */
export type Told =
  | { readonly kind: 'made' | 'freed'; readonly object: number; readonly type: 'ctx' | 'ssl' | 'session' }
  | {
      readonly kind: 'callback';
      readonly name: 'new' | 'remove' | 'get';
      readonly ctx: number;
      readonly session: number;
      readonly ssl: number;
      readonly id: string;
    }
  | {
      readonly kind: 'record';
      readonly ssl: number;
      readonly direction: 'sent' | 'received';
      readonly contentType: number;
      readonly length: number;
      /** 0 where the record has not left whole when this is told. */
      sum: number;
    }
  | Extract<StackEvent, { kind: 'message' | 'alert' }>;

/** The same as a list without names: most of what an agent says is this. */
export type WireTold =
  | readonly [kind: 'made' | 'freed', object: number, type: 'ctx' | 'ssl' | 'session']
  | readonly [kind: 'callback', name: 'new' | 'remove' | 'get', ctx: number, session: number, ssl: number, id: string]
  | readonly [kind: 'record', ssl: number, direction: Direction, contentType: number, length: number, sum: number]
  | readonly [kind: 'message', ssl: number, direction: Direction, handshakeType: number, length: number]
  | readonly [kind: 'alert', ssl: number, direction: Direction, level: number, description: number];

type Direction = 'sent' | 'received';

export function toldToWire(told: Told): WireTold {
  switch (told.kind) {
    case 'made':
    case 'freed':
      return [told.kind, told.object, told.type];
    case 'callback':
      return [told.kind, told.name, told.ctx, told.session, told.ssl, told.id];
    case 'record':
      return [told.kind, told.ssl, told.direction, told.contentType, told.length, told.sum];
    case 'message':
      return [told.kind, told.ssl, told.direction, told.handshakeType, told.length];
    case 'alert':
      return [told.kind, told.ssl, told.direction, told.level, told.description];
  }
}

export function toldFromWire(wire: WireTold): Told {
  switch (wire[0]) {
    case 'made':
    case 'freed': {
      const [kind, object, type] = wire;
      return { kind, object, type };
    }
    case 'callback': {
      const [kind, name, ctx, session, ssl, id] = wire;
      return { kind, name, ctx, session, ssl, id };
    }
    case 'record': {
      const [kind, ssl, direction, contentType, length, sum] = wire;
      return { kind, ssl, direction, contentType, length, sum };
    }
    case 'message': {
      const [kind, ssl, direction, handshakeType, length] = wire;
      return { kind, ssl, direction, handshakeType, length };
    }
    case 'alert': {
      const [kind, ssl, direction, level, description] = wire;
      return { kind, ssl, direction, level, description };
    }
  }
}
