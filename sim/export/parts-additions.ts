/** C: transports in memory, and the calls of a program that C has no single function for. */
import { testCredentials } from 'simtls';
import type { Part } from './parts.js';

/** A PEM block as lines of a C string. */
function cPem(label: string, der: Uint8Array): string {
  const body = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g);
  return [`-----BEGIN ${label}-----`, ...(body ?? []), `-----END ${label}-----`]
    .map((line) => `    "${line}\\n"\n`)
    .join('');
}

function certificateText(): string {
  const { chain, key } = testCredentials['ec-p256'];
  return `
/* A certificate of nobody's, self-signed, with its key (EC P-256). */
static const char credential[] =
${cPem('CERTIFICATE', chain[0] ?? new Uint8Array())}${cPem('PRIVATE KEY', key.pkcs8).trimEnd()};

static void sim_use_certificate(SSL_CTX *ctx)
{
    BIO *pem = BIO_new_mem_buf(credential, -1);
    X509 *certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);

    if (SSL_CTX_use_certificate(ctx, certificate) != 1
        || SSL_CTX_use_PrivateKey(ctx, key) != 1)
        abort();
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(pem);
}
`;
}

export const additionParts: readonly Part[] = [
  {
    defines: ['struct_bytes', 'copy_of'],
    text: `
struct bytes {
    unsigned char *data;
    long length;
};

static struct bytes copy_of(const unsigned char *data, long length)
{
    struct bytes copy = { malloc(length < 1 ? 1 : length), length };

    if (length > 0)
        memcpy(copy.data, data, length);
    return copy;
}
`,
  },
  {
    defines: ['input'],
    text: `
static unsigned char input[65536];      /* what SSL_read gave */
`,
  },
  {
    defines: ['at_one_place'],
    text: `
/* A write that is tried again has to come from the same address. */
static const void *at_one_place(const void *data, size_t length)
{
    static unsigned char output[65536];

    return length > sizeof(output) ? data : memcpy(output, data, length);
}
`,
  },
  {
    defines: ['no_transport'],
    text: `
/* Until a connection is paired, its writes are lost, its reads want more. */
static void no_transport(SSL *ssl)
{
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_null()));
}
`,
  },
  { defines: ['sim_use_certificate'], text: certificateText() },
  {
    defines: ['sim_pair'],
    text: `
/* Joins two connections: the one reads from the BIO that the other fills. */
static void sim_pair(SSL *client, SSL *server)
{
    BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());

    BIO_up_ref(to_server);
    BIO_up_ref(to_client);
    SSL_set_bio(client, to_client, to_server);
    SSL_set_bio(server, to_server, to_client);
    find(client)->cut = find(server)->cut = 0;
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
}
`,
  },
  {
    defines: ['sim_cut'],
    text: `
/* No transport any more: end of file for both sides, and its writes fail. */
static void sim_cut(SSL *ssl)
{
    BIO *ended = BIO_new(BIO_s_mem()), *failing = BIO_new_fd(-1, BIO_NOCLOSE);

    BIO_set_mem_eof_return(SSL_get_wbio(ssl), 0);
    BIO_set_mem_eof_return(ended, 0);
    /* What is to be tried again still is: SSL_get_error() goes by it. */
    BIO_set_flags(ended, BIO_get_retry_flags(SSL_get_rbio(ssl)));
    BIO_set_flags(failing, BIO_get_retry_flags(SSL_get_wbio(ssl)));
    SSL_set0_rbio(ssl, ended);
    SSL_set0_wbio(ssl, failing);
    find(ssl)->cut = 1;
}
`,
  },
  {
    defines: ['sim_break'],
    text: `
/* As sim_cut, but reads fail too, as where a connection was reset. */
static void sim_break(SSL *ssl)
{
    BIO *failing = BIO_new_fd(-1, BIO_NOCLOSE);

    sim_cut(ssl);
    BIO_set_flags(failing, BIO_get_retry_flags(SSL_get_rbio(ssl)));
    SSL_set0_rbio(ssl, failing);
}
`,
  },
  {
    defines: ['behind'],
    text: `
/* The BIO that holds the bytes themselves. */
static BIO *behind(BIO *bio)
{
    return BIO_next(bio) == NULL ? bio : behind(BIO_next(bio));
}
`,
  },
  {
    defines: ['sim_inject'],
    text: `
/* Bytes that nobody wrote, behind those under way. */
static void sim_inject(SSL *ssl, const unsigned char *data, int length)
{
    if (!find(ssl)->cut && length > 0)
        BIO_write(behind(SSL_get_rbio(ssl)), data, length);
}
`,
  },
  {
    defines: ['sim_corrupt'],
    text: `
/* Before the first read that finds a whole record: flips its last bit. */
static long corrupt_a_record(BIO *bio, int oper, const char *argp, size_t len,
                             int argi, long argl, int ret, size_t *processed)
{
    unsigned char *data;
    long length, record;

    (void)argp, (void)len, (void)argi, (void)argl, (void)processed;
    if ((oper & BIO_CB_RETURN) != 0)
        return ret;
    if (oper != BIO_CB_READ)
        return 1;
    length = BIO_get_mem_data(bio, &data);
    if (length < SSL3_RT_HEADER_LENGTH)
        return 1;
    record = SSL3_RT_HEADER_LENGTH + data[3] * 256L + data[4];
    if (length < record)
        return 1;
    data[record - 1] ^= 1;
    BIO_set_callback_ex(bio, NULL);
    return 1;
}

static void sim_corrupt(SSL *ssl)
{
    BIO_set_callback_ex(behind(SSL_get_rbio(ssl)), corrupt_a_record);
}
`,
  },
  {
    defines: ['sim_handshake'],
    text: `
/* A turn of one side: 1 if it is done, 0 if it waits, -1 if it failed. */
static int take_turn(SSL *ssl)
{
    int ret = SSL_do_handshake(ssl);
    int error = SSL_get_error(ssl, ret);
    int waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;

    if (ret <= 0 && !waits)
        judge(ssl, ret);
    take_errors();
    ERR_clear_error();
    return ret > 0 ? 1 : waits ? 0 : -1;
}

static const char *sim_handshake(SSL *client, SSL *server)
{
    unsigned char byte;
    int round, first, second;

    for (round = 0; round < 20; round++) {
        if ((first = take_turn(client)) < 0)
            return "client failed";
        if ((second = take_turn(server)) < 0)
            return "server failed";
        if (first && second) {
            /* Takes in the tickets of TLS 1.3 */
            SSL_read(client, &byte, 1);
            return "ok";
        }
    }
    return "stuck";
}
`,
  },
  {
    defines: ['sim_exchange'],
    text: `
/* One byte from here to there. */
static void sim_exchange(SSL *from, SSL *to, int ret[2])
{
    unsigned char byte;

    ret[0] = SSL_write(from, at_one_place("x", 1), 1);
    if (ret[0] <= 0)
        judge(from, ret[0]);
    take_errors();
    ret[1] = SSL_read(to, &byte, 1);
    if (ret[1] <= 0)
        judge(to, ret[1]);
}
`,
  },
  {
    defines: ['sim_close'],
    text: `
/* SSL_shutdown on client, server, client. */
static void sim_close(SSL *client, SSL *server, int ret[3])
{
    SSL *turns[3];
    int i;

    turns[0] = turns[2] = client;
    turns[1] = server;
    for (i = 0; i < 3; i++) {
        ret[i] = SSL_shutdown(turns[i]);
        if (ret[i] < 0)
            judge(turns[i], ret[i]);
        take_errors();
    }
}
`,
  },
  {
    defines: ['kept_sessions', 'kept_met'],
    text: `
/* What the new callbacks kept. */
static struct {
    struct thing *ctx, *session;
} kept_sessions[10000];
static int kept_met;
`,
  },
  {
    defines: ['sim_on_new'],
    text: `
static int on_new(SSL *ssl, SSL_SESSION *made)
{
    struct thing *ctx = find(find(ssl)->made_with);
    struct thing *session = meet(SESSION, made);

    happened("new", session, ctx);
    if (!ctx->keep)
        return 0;
    if (kept_met
        == (int)(sizeof(kept_sessions) / sizeof(kept_sessions[0])))
        abort();
    kept_sessions[kept_met].ctx = ctx;
    kept_sessions[kept_met++].session = session;
    session->kept++;
    return 1;
}

/* Records each new session; to keep it is to keep the reference. */
static void sim_on_new(SSL_CTX *ctx, int keep)
{
    find(ctx)->keep = keep;
    SSL_CTX_sess_set_new_cb(ctx, on_new);
}
`,
  },
  {
    defines: ['sim_on_remove'],
    text: `
static void on_remove(SSL_CTX *ctx, SSL_SESSION *session)
{
    happened("remove", meet(SESSION, session), meet(CTX, ctx));
}

static void sim_on_remove(SSL_CTX *ctx)
{
    SSL_CTX_sess_set_remove_cb(ctx, on_remove);
}
`,
  },
  {
    defines: ['sim_on_get', 'MISS', 'COPY', 'NOCOPY'],
    text: String.raw`
enum get_mode { MISS, COPY, NOCOPY };

static int is_in_another_cache(SSL_SESSION *session, const struct thing *ctx)
{
    int i;

    for (i = 0; i < things_met; i++)
        if (things[i].kind == CTX && things[i].object != NULL
            && &things[i] != ctx
            && OPENSSL_LH_retrieve((OPENSSL_LHASH *)
                                   SSL_CTX_sessions(things[i].object),
                                   session) == session)
            return 1;
    return 0;
}

/* Looks among what the new callback of the same SSL_CTX kept, latest first. */
static SSL_SESSION *on_get(SSL *ssl, const unsigned char *id, int length,
                           int *copy)
{
    struct thing *ctx = find(find(ssl)->made_with);
    struct event *event = happened("get", NULL, ctx);
    int i;

    event->id[0] = '\0';
    for (i = 0; i < length && i < SSL_MAX_SSL_SESSION_ID_LENGTH; i++)
        sprintf(event->id + 2 * i, "%02x", id[i]);
    for (i = kept_met - 1; i >= 0 && ctx->get_mode != MISS; i--) {
        const struct thing *thing = kept_sessions[i].session;
        SSL_SESSION *session = thing->object;
        const unsigned char *own_id;
        unsigned int own_length;

        if (kept_sessions[i].ctx != ctx || session == NULL
            || thing->owned == 0 || is_in_another_cache(session, ctx))
            continue;
        own_id = SSL_SESSION_get_id(session, &own_length);
        if ((int)own_length != length || memcmp(own_id, id, length) != 0)
            continue;
        *copy = ctx->get_mode == COPY;
        if (!*copy)
            SSL_SESSION_up_ref(session);
        return session;
    }
    return NULL;
}

static void sim_on_get(SSL_CTX *ctx, enum get_mode mode)
{
    find(ctx)->get_mode = mode;
    SSL_CTX_sess_set_get_cb(ctx, on_get);
}
`,
  },
];
