import { fromBase64 } from './bytes.js';
import type { Credential, KeyKind } from './provider.js';

export type TestCredentialName = 'ec-p256' | 'rsa-2048' | 'ed25519';

/**
 * A credential of each kind for tests and simulated servers: certificates signed by themselves, for `simtls test`, the names
 * `simtls.test`, `*.simtls.test` and `localhost` and the address 127.0.0.1, valid from 2020 to 2120. Their private keys are
 * public: they protect nothing.
 */
export const testCredentials: Readonly<Record<TestCredentialName, Credential>> = {
  'ec-p256': credential(
    'ec-p256',
    'MIIBlDCCATqgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtzaW10bHMgdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIw' +
      'MDEwMTAwMDAwMFowFjEUMBIGA1UEAwwLc2ltdGxzIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATTjZL9d8yHQIGc6Lqn' +
      'GKs0aFWjL9kt3b0omSJlgcaD72h9R/66U8qmg5kxnreU9C+wR21XH4HVxrhWGaJQLcgEo3cwdTAMBgNVHRMBAf8EAjAAMA4GA1Ud' +
      'DwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIwNgYDVR0RBC8wLYILc2ltdGxzLnRlc3SCDSouc2ltdGxz' +
      'LnRlc3SCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNIADBFAiBkcNPNLK4YcMbGZCMUkQ3aU0UwEkH3RgEBMcVUfi2q6QIh' +
      'AIIarkuf2dldaK/LvtT+wrzoO1Ky5UVKayXSo8cBaz4p',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgurfztdSatmYfae3caYDgOITlokJCwRyDRjC3OC1EA/+hRANCAATT' +
      'jZL9d8yHQIGc6LqnGKs0aFWjL9kt3b0omSJlgcaD72h9R/66U8qmg5kxnreU9C+wR21XH4HVxrhWGaJQLcgE',
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE042S/XfMh0CBnOi6pxirNGhVoy/ZLd29KJkiZYHGg+9ofUf+ulPKpoOZMZ63lPQv' +
      'sEdtVx+B1ca4VhmiUC3IBA==',
  ),
  'rsa-2048': credential(
    'rsa',
    'MIIDIDCCAgigAwIBAgIBAjANBgkqhkiG9w0BAQsFADAWMRQwEgYDVQQDDAtzaW10bHMgdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8y' +
      'MTIwMDEwMTAwMDAwMFowFjEUMBIGA1UEAwwLc2ltdGxzIHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCceClT' +
      'NCchfbox6dIRNHshZiZXHCRdBMvQHQ76PX1H/w72HR+Xq8WTGKYMd+FtoKCuOJnIKbH/l1rKXUCDEQvw9iRxkJ2qx6HwXxIMVxdR' +
      'sY53+/i2OllDtKMqZ9QvnDmtJGzEdm8GapDqTDE85D8EfyP91ElzGkWUbwR7mKQnJXvFqpG/pOmnf/rOX34uL14S/avtXxW/UP/k' +
      'iYcgBBt9VwsIJuH2OgKCYX4IkPLJG8zg4Fwtetl91nyoPjj/RyjSw+vC/MSdnk67lnDE5f7mKCCRfVQqQaxi3UMZOlb6wHvTseku' +
      'H4+irYjA7rLQn4Rg/bQua9vHoIBXKRyHWopZAgMBAAGjdzB1MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQW' +
      'MBQGCCsGAQUFBwMBBggrBgEFBQcDAjA2BgNVHREELzAtggtzaW10bHMudGVzdIINKi5zaW10bHMudGVzdIIJbG9jYWxob3N0hwR/' +
      'AAABMA0GCSqGSIb3DQEBCwUAA4IBAQBBQeeiB+qxL5xiFE2mi2gEIAXKWxIJ7lRFqmd41xvTfVLqndfraghtFfOXpovgic4roi98' +
      'w72OFb90wCNzUR8a49fol08kwVwrYxMY5qIBpKWMd/V5zCVJ51Fqn0EmBb5C1dsekBiht3ZOuETDQuqCNBG4Saf3w65frm5oCByS' +
      'TAI1B5J67KyZtr+mjx/SN9NUgcs3+NN+WD9rgej0nNFIDGGXNr/8+nVmdP100yz7tk8GD16Lqo4ONhuIE1TNb35rZZLvsgqfYUHU' +
      '5b8E/7xsuPRXoWDOCgGUq5JD5Z+NWmxLxsvYAgPyRn5CLmwLEm9rcToE27ivXIJZ1BaUKZ+s',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCceClTNCchfbox6dIRNHshZiZXHCRdBMvQHQ76PX1H/w72HR+X' +
      'q8WTGKYMd+FtoKCuOJnIKbH/l1rKXUCDEQvw9iRxkJ2qx6HwXxIMVxdRsY53+/i2OllDtKMqZ9QvnDmtJGzEdm8GapDqTDE85D8E' +
      'fyP91ElzGkWUbwR7mKQnJXvFqpG/pOmnf/rOX34uL14S/avtXxW/UP/kiYcgBBt9VwsIJuH2OgKCYX4IkPLJG8zg4Fwtetl91nyo' +
      'Pjj/RyjSw+vC/MSdnk67lnDE5f7mKCCRfVQqQaxi3UMZOlb6wHvTsekuH4+irYjA7rLQn4Rg/bQua9vHoIBXKRyHWopZAgMBAAEC' +
      'ggEACOxbYvja8HCEoVsV1VBaY025iwc6Vamz2+MEWyYNkoELv+JqTlKH+nsR4S0nCIL8FuN4da9XDN37WgYWa0MaHLxU2LsoGri2' +
      '1gf99gEzfb+0Aci3ZuEN/Sv8kCsKsUpmCadForCkZUfHiu0cc74Kj/2WNmAYbj2F0VDBfzD1z5ufTnMSuezwZ6jTfPVCgDwM3NgB' +
      'ovUUyj+EdNMnw14bVpCIp1gsIlRJOY1jVzLTpsSTor1y7+arlJvmyGsemEfMrFVuAUMgZbV4TzM+WWlrI/rs4K2Ob0+LaTbl36o1' +
      '/YAgufx6KlOc2m+u+WzxYUiYZ2GOG+DpjLfCBfX6Fm9MOQKBgQDKzgBph/95arJlv/0WwFepql9xQZ6auSyo9cNkRAJ0HpyYIUdX' +
      'qPDonVAWTVOum3JAEgK/SrzrEzhhhlTZ0nHOV6Fz3MbRT1Qm7NfoC3mnBhnlf/zJTBW06r5H3q+Uy7SQj7wzkQx1j2spDZQKHQ6f' +
      'Ucm4ClFkEktfkEt0QSNJDQKBgQDFgtILG2o8ctRr8JJ0wHGsvpaX5SLBANjGjlwQzzTxQ657RD5oQoDIq7refusDnYiB/5gUCwJ2' +
      'ORAOByvG2WEnpgop55JW1x4T5e0bdtPncpiZr+a6r7vKfAnPdMHIm5pffl8/8996g0fBvmMzLspH3XG73O+GsydkIGxLeDmbfQKB' +
      'gGIUlLB0/EHtLw/0dOMe7IZ6hiQQ9zKe4ZFpIjEIjyM3dsZAOe+UHcZx5jyS8yibtvpze26mJ42MwxSvUbPyieWgDc4p9OFfezRE' +
      'EPsBKbl0QuvyJP/5UvonGRVLBiFxDwdm7D8IJD1qugmlrnXhraOxe1wNaWV7T4aNE2DK69S1AoGAB3ZF0T2b6eS8ucdBAUA0Cz64' +
      'Gc0CXyBVEEtYlxn8+hCAiw+s++tnSi2Sxc0tu9k7yw2JBVjVIvpM7PrAYKbd0M2pHKQvFzDRZhcNujfnEZt2wHew0+THx4KgLEJQ' +
      '/+9BCdKQbq4cB1jmYR98R/bAla58GYjjU8d4+YNwE/na01ECgYEAvAxkmT4lZ6U3tRhGjPtqhNiGNsvpn4CSs6G4q4/6+FuDZaSA' +
      '5/8tUeyUJHGRtifihVkWsJX5O7r1b4SvHDI2Q6M+sXPSz/i5K3M0gQPy1/eUmcReUFWnBKjECq8YVYNjO+NrTmrXzukz8XKSozeB' +
      'gQeZIOckSy2kZxMP2bdmk2Q=',
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnHgpUzQnIX26MenSETR7IWYmVxwkXQTL0B0O+j19R/8O9h0fl6vFkxim' +
      'DHfhbaCgrjiZyCmx/5dayl1AgxEL8PYkcZCdqseh8F8SDFcXUbGOd/v4tjpZQ7SjKmfUL5w5rSRsxHZvBmqQ6kwxPOQ/BH8j/dRJ' +
      'cxpFlG8Ee5ikJyV7xaqRv6Tpp3/6zl9+Li9eEv2r7V8Vv1D/5ImHIAQbfVcLCCbh9joCgmF+CJDyyRvM4OBcLXrZfdZ8qD44/0co' +
      '0sPrwvzEnZ5Ou5ZwxOX+5iggkX1UKkGsYt1DGTpW+sB707HpLh+Poq2IwO6y0J+EYP20Lmvbx6CAVykch1qKWQIDAQAB',
  ),
  ed25519: credential(
    'ed25519',
    'MIIBVDCCAQagAwIBAgIBAzAFBgMrZXAwFjEUMBIGA1UEAwwLc2ltdGxzIHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEw' +
      'MDAwMDBaMBYxFDASBgNVBAMMC3NpbXRscyB0ZXN0MCowBQYDK2VwAyEAUfPOy1OwQfZOWSxBkzxlMw3HxF7nLJ9RcDctGPMjylOj' +
      'dzB1MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjA2BgNVHREELzAt' +
      'ggtzaW10bHMudGVzdIINKi5zaW10bHMudGVzdIIJbG9jYWxob3N0hwR/AAABMAUGAytlcANBAN8r6UMNohaB/YUAAbbAUTpKTtuT' +
      'Ka//FoSUTcVDCxIUaGJ9MHodvcH4wx8UZwfQCMYQu2Fi8LaNU8ZQUyFvTQw=',
    'MC4CAQAwBQYDK2VwBCIEIK6p1ooVuz0fy+yoOGPrE7vJtuZOGgieHtk62Z+bImwp',
    'MCowBQYDK2VwAyEAUfPOy1OwQfZOWSxBkzxlMw3HxF7nLJ9RcDctGPMjylM=',
  ),
};

function credential(kind: KeyKind, certificate: string, pkcs8: string, publicKey: string): Credential {
  return {
    chain: [fromBase64(certificate)],
    key: { kind, pkcs8: fromBase64(pkcs8), publicKey: fromBase64(publicKey) },
  };
}
