/** C: fields of sessions for which C has other types than a program. */
import type { Part } from './parts.js';

export const fieldParts: readonly Part[] = [
  {
    defines: ['cipher_of'],
    text: `
/* The SSL_CIPHER of an id: only a connection finds it, one that is no event. */
static const SSL_CIPHER *cipher_of(unsigned long id)
{
    int events_before = events_met;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    unsigned char code[2];
    const SSL_CIPHER *cipher;

    code[0] = (unsigned char)(id >> 8);
    code[1] = (unsigned char)id;
    cipher = SSL_CIPHER_find(ssl, code);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    events_met = events_before;
    return cipher;
}
`,
  },
  {
    defines: ['keylog_of'],
    text: `
/* The line of SSL_SESSION_print_keylog. */
static const char *keylog_of(const SSL_SESSION *session)
{
    static char line[4096];
    BIO *bio = BIO_new(BIO_s_mem());
    int done = SSL_SESSION_print_keylog(bio, session);
    int length = BIO_read(bio, line, sizeof(line) - 1);

    line[length < 0 ? 0 : length] = '\\0';
    BIO_free(bio);
    return done == 1 ? line : NULL;
}
`,
  },
];
