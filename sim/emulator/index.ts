export type { ServerEnd, Tried, Try } from './end.js';
export { encodeRequest, type Request } from './request.js';
export { Served, type ServedResult } from './served.js';
