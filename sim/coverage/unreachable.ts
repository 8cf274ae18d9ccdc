/** What is listed and no program reaches, each with the reason. */
import type { Group } from './coverage.js';

const memory = 'only where memory runs out';
const always = 'its source returns 1, whatever it is given';
const ends =
  'a connection that has failed stays so until it is cleared, joined or given its side anew, and then is before its handshake';

/** By group and name. What is reached is not to stand here: a test holds it. */
export const unreachable: Readonly<Partial<Record<Group, Readonly<Record<string, string>>>>> = {
  returns: {
    ...of(memory, [
      'SSL_CTX_new NULL',
      'SSL_new NULL',
      'SSL_dup NULL',
      'SSL_SESSION_new NULL',
      'SSL_set_SSL_CTX NULL',
      'SSL_copy_session_id 0',
      'SSL_SESSION_set1_hostname 0',
      'SSL_CTX_set_ex_data 0',
      'SSL_set_ex_data 0',
      'SSL_SESSION_set_ex_data 0',
    ]),
    ...of(always, [
      'SSL_CTX_set_num_tickets 0',
      'SSL_set_num_tickets 0',
      'SSL_SESSION_set_protocol_version 0',
      'SSL_SESSION_set_max_early_data 0',
      'SSL_SESSION_set_cipher 0',
      'SSL_SESSION_set1_alpn_selected 0',
      'SSL_SESSION_set1_ticket_appdata 0',
      'SSL_CTX_set_max_early_data 0',
      'SSL_CTX_set_recv_max_early_data 0',
      'SSL_set_max_early_data 0',
      'SSL_set_ssl_method 0',
    ]),
    ...of('a count that the program may raise is above 0', [
      'SSL_CTX_up_ref 0',
      'SSL_up_ref 0',
      'SSL_SESSION_up_ref 0',
    ]),
    'SSL_set_session 0':
      'it fails where the version of the session has another method: no method of one version is in the format',
    'SSL_get_SSL_CTX NULL': 'a connection has a context from its first to its last moment',
    'SSL_CTX_get_tlsext_ticket_keys no bytes': 'a context has keys from the start',
    'SSL_CTX_set_alpn_protos above 0': 'a list that is none is refused before it is passed',
    'SSL_read_early_data below 0': 'its values are 0, 1 and 2',
    'SSL_SESSION_get_master_key below 0': 'its value is a number of bytes',
    'SSL_SESSION_get_compress_id above 0': 'no session has been compressed since 2012',
    'SSL_version 0': 'a connection has the version of its method from the start',
    ...of('what the format adds returns 1', [
      'sim_use_certificate 0',
      'sim_pair 0',
      'sim_cut 0',
      'sim_clock 0',
      'sim_corrupt 0',
      'sim_break 0',
      'sim_capacity 0',
      'sim_deliver 0',
      'sim_inject 0',
      'sim_on 0',
      'sim_on_new 0',
      'sim_on_remove 0',
      'sim_on_get 0',
      'sim_virtual_host 0',
      'sim_psk 0',
      'sim_alpn_select 0',
      'sim_ex_data 0',
    ]),
  },
  decisions: {
    ...of('a program has tickets of one server alone, and cannot alter them', ['ticket-bad-mac', 'ticket-bad-content']),
  },
  states: of(ends, ['error → init', 'error → ok']),
};

function of(reason: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
