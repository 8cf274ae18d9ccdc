/** Session files, whatever form they are in: PEM as `openssl s_client -sess_out` writes it, DER, base64, JSON. */
import { SessionFileError } from './error.js';
import { derFromFields, fieldsFromDer, type SessionFields } from './fields.js';
import { fieldsFromJson } from './json.js';

export const sessionLabel = 'SSL SESSION PARAMETERS'; // PEM_STRING_SSL_SESSION
const lineCharacters = 64;
/** What later versions of Node put in front of the DER that `'session'` hands out: the name of the server follows, behind its length. */
const nodeHeader = '\0nodejs:tls:session:1\0';
/** Bytes of a file at most: a session with the longest chain that anybody shows is far below. */
const fileBytesMax = 1 << 20;
const sequenceTag = 0x30;

export interface ReadSession {
  readonly form: 'PEM' | 'DER' | 'base64' | 'JSON' | 'Node';
  readonly der: Uint8Array;
  readonly fields: SessionFields;
}

/** @throws SessionFileError for whatever is no session, by name */
export function readSessionFile(file: Uint8Array): ReadSession {
  if (file.length > fileBytesMax)
    throw new SessionFileError('TOO_LARGE', `${file.length} bytes are no session: ${fileBytesMax} at most are read`);
  const text = Buffer.from(file).toString('latin1');
  if (text.includes('-----BEGIN ')) return fromDer('PEM', derOfPem(text));
  if (file[0] === sequenceTag) return fromDer('DER', file);
  if (text.startsWith(nodeHeader)) return fromDer('Node', behindNodeHeader(file));
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    const fields = fieldsFromJson(parsed(Buffer.from(file).toString('utf8')));
    const der = derFromFields(fields);
    return { form: 'JSON', der, fields: fieldsFromDer(der) };
  }
  if (trimmed !== '' && /^[A-Za-z0-9+/\s]+=*$/u.test(trimmed)) return fromDer('base64', fromBase64(trimmed));
  throw new SessionFileError(
    'FORM_UNKNOWN',
    `expected a session: PEM (${sessionLabel}), DER, base64 or JSON; found ${file.length === 0 ? 'nothing' : 'something else'}`,
  );
}

export function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  return [`-----BEGIN ${sessionLabel}-----`, ...lines, `-----END ${sessionLabel}-----`, ''].join('\n');
}

function fromDer(form: ReadSession['form'], der: Uint8Array): ReadSession {
  return { form, der: new Uint8Array(der), fields: fieldsFromDer(der) };
}

function behindNodeHeader(file: Uint8Array): Uint8Array {
  const at = nodeHeader.length;
  const nameBytes = ((file[at] ?? 0) << 8) | (file[at + 1] ?? 0);
  return file.subarray(at + 2 + nameBytes);
}

function derOfPem(text: string): Uint8Array {
  const blocks = [...text.matchAll(/-----BEGIN ([^\r\n]*?)-----([^-]*)-----END ([^\r\n]*?)-----/gu)];
  const own = blocks.filter(([, label, , end]) => label === sessionLabel && end === sessionLabel);
  const [block, ...more] = own;
  if (block === undefined) {
    const found = [...text.matchAll(/-----BEGIN ([^\r\n-]*)-----/gu)].map(([, label]) => label);
    throw pemInvalid(
      `expected a block "${sessionLabel}", found ${[...new Set(found)].join(', ')}, or one without its end`,
    );
  }
  if (more.length > 0) throw pemInvalid(`expected one session, found ${own.length}`);
  return fromBase64((block[2] ?? '').trim());
}

function fromBase64(text: string): Uint8Array {
  const packed = text.replaceAll(/\s/gu, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(packed) || packed === '')
    throw pemInvalid('what it holds is not base64, or was cut');
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new SessionFileError('JSON_INVALID', `this is no session in JSON: ${why}`, { cause });
  }
}

function pemInvalid(why: string): SessionFileError {
  return new SessionFileError('PEM_INVALID', `this is no session in PEM: ${why}`);
}
