/**
 * The fixed test certificate of `sim_use_certificate`: self-signed, EC P-256, CN=simtls test, 2020 to 2120, and its key
 * (RFC 5915). It protects nothing.
 */
const certificate = `
MIIBZTCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtzaW10bHMgdGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIw
MDEwMTAwMDAwMFowFjEUMBIGA1UEAwwLc2ltdGxzIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQaqv4ZNizaViji3Syj
QJrpvPH4XQoqmLY5eNp9VbOcUFofPXwW/S93B5C0GAGMtZXzkqFU1Qp7HYm8Su2u+vrMo0cwRTAMBgNVHRMBAf8EAjAAMBYGA1Ud
EQQPMA2CC3NpbXRscy50ZXN0MB0GA1UdDgQWBBTQ6IfXxpHLuVr8hUtHKbY7Ul0bQDAKBggqhkjOPQQDAgNJADBGAiEAkB34in4K
KnKHJtGtqaFyBikPCSYkqvEEZAoa5p1l3F8CIQDJJEIcNU3SEYV4UEMaVGAckODSQvWm8PzmSc7mJWZqmQ==`;

const key = `
MHcCAQEEIAI1fn4asGj1gJg3NI1k7MbCkq2/RGaFK2K8ygCESUvmoAoGCCqGSM49AwEHoUQDQgAEGqr+GTYs2lYo4t0so0Ca6bzx
+F0KKpi2OXjafVWznFBaHz18Fv0vdweQtBgBjLWV85KhVNUKex2JvErtrvr6zA==`;

/** The certificate, DER. */
export function testCertificate(): Uint8Array {
  return new Uint8Array(Buffer.from(certificate, 'base64'));
}

/** Its private key, DER of an ECPrivateKey. */
export function testKey(): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'base64'));
}
