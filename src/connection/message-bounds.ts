/** The most bytes that each handshake message may have, by the names of OpenSSL's statem_local.h; each side says which state reads which. */

export const clientHelloBytesMax = 131_396; //          CLIENT_HELLO_MAX_LENGTH
export const smallMessageBytesMax = 20_000; //          SERVER_HELLO_MAX_LENGTH, ENCRYPTED_EXTENSIONS_MAX_LENGTH
export const certificateListBytesMax: number = 100 * 1024; // SSL_MAX_CERT_LIST_DEFAULT
export const serverKeyExchangeBytesMax = 102_400; //    SERVER_KEY_EXCH_MAX_LENGTH
export const clientKeyExchangeBytesMax = 2_048; //      CLIENT_KEY_EXCH_MAX_LENGTH
export const certificateVerifyBytesMax = 16_384; //     CERTIFICATE_VERIFY_MAX_LENGTH
export const finishedBytesMax = 64; //                  FINISHED_MAX_LENGTH
export const ticketBytesMax = 65_541; //                SESSION_TICKET_MAX_LENGTH_TLS12
export const ticketBytesMaxOfTls13 = 131_338; //        SESSION_TICKET_MAX_LENGTH_TLS13
export const keyUpdateBytesMax = 1; //                  KEY_UPDATE_MAX_LENGTH
