/** The SSL_METHODs there are: identity matters, since libssl compares them by pointer. */
import type { Method } from './context.js';

const tls12 = 0x0303;
const tls13 = 0x0304;

const TLS_method: Method = { role: undefined, version: 'any' };
const TLS_client_method: Method = { role: 'client', version: 'any' };
const TLS_server_method: Method = { role: 'server', version: 'any' };
const TLSv1_2_method: Method = { role: undefined, version: tls12 };
const TLSv1_2_client_method: Method = { role: 'client', version: tls12 };
const TLSv1_2_server_method: Method = { role: 'server', version: tls12 };
const tlsv1_3_client_method: Method = { role: 'client', version: tls13 };
const tlsv1_3_server_method: Method = { role: 'server', version: tls13 };

export const methods: Readonly<
  Record<
    | 'TLS_method'
    | 'TLS_client_method'
    | 'TLS_server_method'
    | 'TLSv1_2_method'
    | 'TLSv1_2_client_method'
    | 'TLSv1_2_server_method',
    Method
  >
> = {
  TLS_method,
  TLS_client_method,
  TLS_server_method,
  TLSv1_2_method,
  TLSv1_2_client_method,
  TLSv1_2_server_method,
};

/** The method that a version-flexible connection has once it has negotiated; undefined for a version that is not spoken. */
export function negotiatedMethod(version: number, role: 'client' | 'server'): Method | undefined {
  if (version === tls12) return role === 'client' ? TLSv1_2_client_method : TLSv1_2_server_method;
  if (version === tls13) return role === 'client' ? tlsv1_3_client_method : tlsv1_3_server_method;
  return undefined;
}
