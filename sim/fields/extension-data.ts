/** What is inside of `extension_data`, one reader for each extension. */
import type { ExtensionPlace } from './extensions.js';
import { isGrease, type Names, named, named16, namedHex, versions } from './names/code-points.js';
import { groups, signatureSchemes } from './names/groups.js';
import { asText, count, type FieldReader, type Say, type Summary } from './reader.js';

interface KnownExtension {
  readonly name: string;
  readonly source: string;
  /** Absent for one whose data are shown as they are. What it returns is said of the extension. */
  readonly read?: (reader: FieldReader, place: ExtensionPlace) => Summary;
}

/** By `ExtensionType`. */
export const extensionReaders: Readonly<Record<number, KnownExtension>> = {
  0: { name: 'server_name', source: 'RFC 6066 §3', read: serverName },
  1: { name: 'max_fragment_length', source: 'RFC 6066 §4', read: maxFragmentLength },
  5: { name: 'status_request', source: 'RFC 6066 §8', read: statusRequest },
  10: {
    name: 'supported_groups',
    source: 'RFC 8446 §4.2.7',
    read: listOf16('named_group_list', 'named_group', groups),
  },
  11: { name: 'ec_point_formats', source: 'RFC 8422 §5.1.2', read: ecPointFormats },
  13: { name: 'signature_algorithms', source: 'RFC 8446 §4.2.3', read: schemes },
  14: { name: 'use_srtp', source: 'RFC 8446 §4.2' },
  15: { name: 'heartbeat', source: 'RFC 8446 §4.2' },
  16: { name: 'application_layer_protocol_negotiation', source: 'RFC 7301 §3.1', read: protocols },
  18: { name: 'signed_certificate_timestamp', source: 'RFC 8446 §4.2' },
  21: { name: 'padding', source: 'RFC 8446 §4.2' },
  22: { name: 'encrypt_then_mac', source: 'RFC 7366 §2', read: empty },
  23: { name: 'extended_master_secret', source: 'RFC 7627 §5.1', read: empty },
  27: { name: 'compress_certificate', source: 'RFC 8446 §4.2' },
  28: { name: 'record_size_limit', source: 'RFC 8449 §4', read: recordSizeLimit },
  35: { name: 'session_ticket', source: 'RFC 5077 §3.2', read: sessionTicket },
  41: { name: 'pre_shared_key', source: 'RFC 8446 §4.2.11', read: preSharedKey },
  42: { name: 'early_data', source: 'RFC 8446 §4.2.10', read: earlyData },
  43: { name: 'supported_versions', source: 'RFC 8446 §4.2.1', read: supportedVersions },
  44: { name: 'cookie', source: 'RFC 8446 §4.2.2', read: cookie },
  45: { name: 'psk_key_exchange_modes', source: 'RFC 8446 §4.2.9', read: pskModes },
  47: { name: 'certificate_authorities', source: 'RFC 8446 §4.2.4', read: authorities },
  48: { name: 'oid_filters', source: 'RFC 8446 §4.2.5', read: oidFilters },
  49: { name: 'post_handshake_auth', source: 'RFC 8446 §4.2.6', read: empty },
  50: { name: 'signature_algorithms_cert', source: 'RFC 8446 §4.2.3', read: schemes },
  51: { name: 'key_share', source: 'RFC 8446 §4.2.8', read: keyShare },
  13172: { name: 'next_protocol_negotiation', source: 'RFC 8446 §4.2' },
  65281: { name: 'renegotiation_info', source: 'RFC 5746 §3.2', read: renegotiationInfo },
};

/** Nothing is to be in it: what is, is unexpected. */
function empty(): Summary {
  return 'empty';
}

function serverName(reader: FieldReader): Summary {
  if (reader.remaining === 0) return 'empty';
  let host = '';
  reader.vector('server_name_list', 2, (list) => {
    list.each(() =>
      list.group('server_name', (one) => {
        one.u8('name_type', named({ 0: 'host_name' }));
        host = asText(one.blob('host_name', 2, 'name', { say: asText }));
        return host;
      }),
    );
    return host;
  });
  return host;
}

const fragmentLengths: Names = { 1: '2^9 bytes', 2: '2^10 bytes', 3: '2^11 bytes', 4: '2^12 bytes' };

function maxFragmentLength(reader: FieldReader): Summary {
  return named(fragmentLengths)(reader.u8('max_fragment_length', named(fragmentLengths)));
}

/** RFC 8446 §4.4.2.1: beside a certificate it is the response itself. */
function statusRequest(reader: FieldReader, place: ExtensionPlace): Summary {
  if (place === 'Certificate') return readCertificateStatus(reader);
  if (reader.remaining === 0) return 'empty';
  reader.u8('status_type', named({ 1: 'ocsp' }));
  reader.vector('responder_id_list', 2, (list) => {
    list.each(() => list.blob('responder_id', 2, 'id'));
    return undefined;
  });
  reader.blob('request_extensions', 2, 'extensions');
  return 'ocsp';
}

/** RFC 6066 §8: CertificateStatus. */
export function readCertificateStatus(reader: FieldReader): Summary {
  reader.u8('status_type', named({ 1: 'ocsp' }));
  reader.blob('response', 3, 'ocsp_response');
  return 'ocsp';
}

function listOf16(list: string, item: string, names: Names): (reader: FieldReader) => Summary {
  return (reader) => words16(reader, list, { item, names, lengthBytes: 2 });
}

/** A vector of numbers of 16 bits; says their names. */
export function words16(
  reader: FieldReader,
  name: string,
  of: { readonly item: string; readonly names: Names; readonly lengthBytes: 1 | 2; readonly source?: string },
): Summary {
  const said: string[] = [];
  reader.vector(
    name,
    of.lengthBytes,
    (list) => {
      list.each(() => said.push(shortName(of.names, list.u16(of.item, named16(of.names)))));
      return said.join(', ');
    },
    { source: of.source },
  );
  return said.join(', ');
}

function shortName(names: Names, code: number): string {
  return isGrease(code) ? 'GREASE' : (names[code] ?? namedHex(names)(code));
}

/** The same with numbers of 8 bits. */
function words8(reader: FieldReader, name: string, item: string, names: Names): Summary {
  const said: string[] = [];
  const say: Say = named(names);
  reader.vector(name, 1, (list) => {
    list.each(() => {
      const code = list.u8(item, say);
      said.push(names[code] ?? String(code));
    });
    return said.join(', ');
  });
  return said.join(', ');
}

const pointFormats: Names = { 0: 'uncompressed', 1: 'ansiX962_compressed_prime', 2: 'ansiX962_compressed_char2' };

function ecPointFormats(reader: FieldReader): Summary {
  return words8(reader, 'ec_point_format_list', 'ec_point_format', pointFormats);
}

function schemes(reader: FieldReader): Summary {
  return words16(reader, 'supported_signature_algorithms', {
    item: 'algorithm',
    names: signatureSchemes,
    lengthBytes: 2,
  });
}

function protocols(reader: FieldReader): Summary {
  const said: string[] = [];
  reader.vector('protocol_name_list', 2, (list) => {
    list.each(() => said.push(asText(list.blob('protocol_name', 1, 'name', { say: asText }))));
    return said.join(', ');
  });
  return said.join(', ');
}

function recordSizeLimit(reader: FieldReader): Summary {
  return count(reader.u16('record_size_limit', count));
}

function sessionTicket(reader: FieldReader): Summary {
  if (reader.remaining === 0) return 'empty';
  return count(reader.opaque('ticket', reader.remaining).length);
}

function preSharedKey(reader: FieldReader, place: ExtensionPlace): Summary {
  if (place !== 'ClientHello') return `identity ${reader.u16('selected_identity')}`;
  let identities = 0;
  reader.vector('identities', 2, (list) => {
    list.each(() => {
      identities += 1;
      list.group('PskIdentity', (one) => {
        one.blob('identity', 2, 'identity');
        one.u32('obfuscated_ticket_age');
        return undefined;
      });
    });
    return `${identities}`;
  });
  reader.vector('binders', 2, (list) => {
    list.each(() => list.blob('PskBinderEntry', 1, 'binder'));
    return undefined;
  });
  return identities === 1 ? '1 identity' : `${identities} identities`;
}

function earlyData(reader: FieldReader, place: ExtensionPlace): Summary {
  if (place !== 'NewSessionTicket') return 'empty';
  return count(reader.u32('max_early_data_size', count));
}

function supportedVersions(reader: FieldReader, place: ExtensionPlace): Summary {
  if (place === 'ClientHello') return words16(reader, 'versions', { item: 'version', names: versions, lengthBytes: 1 });
  return namedHex(versions)(reader.u16('selected_version', namedHex(versions)));
}

function cookie(reader: FieldReader): Summary {
  reader.blob('cookie', 2, 'cookie');
  return undefined;
}

function pskModes(reader: FieldReader): Summary {
  return words8(reader, 'ke_modes', 'ke_mode', { 0: 'psk_ke', 1: 'psk_dhe_ke' });
}

function authorities(reader: FieldReader): Summary {
  return readAuthorities(reader, 'authorities');
}

/** RFC 8446 §4.2.4, RFC 5246 §7.4.4: names of authorities, DER. */
export function readAuthorities(reader: FieldReader, name: string, source?: string): Summary {
  let names = 0;
  reader.vector(
    name,
    2,
    (list) => {
      list.each(() => {
        names += 1;
        list.blob('DistinguishedName', 2, 'name', { source: 'RFC 5280 §4.1.2.4' });
      });
      return `${names}`;
    },
    { source },
  );
  return names === 1 ? '1 name' : `${names} names`;
}

function oidFilters(reader: FieldReader): Summary {
  reader.vector('filters', 2, (list) => {
    list.each(() =>
      list.group('OIDFilter', (filter) => {
        filter.blob('certificate_extension_oid', 1, 'oid');
        filter.blob('certificate_extension_values', 2, 'values');
        return undefined;
      }),
    );
    return undefined;
  });
  return undefined;
}

function keyShare(reader: FieldReader, place: ExtensionPlace): Summary {
  if (place === 'HelloRetryRequest') return named16(groups)(reader.u16('selected_group', named16(groups)));
  if (place !== 'ClientHello') return readKeyShareEntry(reader, 'server_share');
  const said: string[] = [];
  reader.vector('client_shares', 2, (list) => {
    list.each(() => said.push(readKeyShareEntry(list, 'KeyShareEntry')));
    return said.join(', ');
  });
  return said.join(', ');
}

function readKeyShareEntry(reader: FieldReader, name: string): string {
  let group = '';
  reader.group(name, (entry) => {
    group = shortName(groups, entry.u16('group', named16(groups)));
    entry.blob('key_exchange', 2, 'key');
    return group;
  });
  return group;
}

function renegotiationInfo(reader: FieldReader): Summary {
  let bytes = 0;
  reader.vector('renegotiated_connection', 1, (inside) => {
    bytes = inside.remaining;
    inside.rest('verify_data');
    return undefined;
  });
  return bytes === 0 ? 'first handshake' : count(bytes);
}
