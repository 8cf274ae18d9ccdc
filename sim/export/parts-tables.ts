/** C: callbacks that answer out of a table of the test's: hosts by name, a key from elsewhere, protocols. */
import type { Part } from './parts.js';

export const tableParts: readonly Part[] = [
  {
    defines: ['sim_virtual_host', 'hosts', 'hosts_met', 'on_name'],
    text: `
static struct {
    const struct thing *ctx, *host;
    const char *name;
} hosts[1000];
static int hosts_met;

/* The host that was given last for the name that the client asks for. */
static int on_name(SSL *ssl, int *alert, void *arg)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const struct thing *ctx = find(arg);
    int i;

    (void)alert;
    for (i = hosts_met - 1; i >= 0 && name != NULL; i--) {
        if (hosts[i].ctx != ctx || strcmp(hosts[i].name, name) != 0)
            continue;
        if (hosts[i].host->object != NULL)
            SSL_set_SSL_CTX(ssl, hosts[i].host->object);
        break;
    }
    return SSL_TLSEXT_ERR_OK;
}

static void sim_virtual_host(SSL_CTX *ctx, const char *name, SSL_CTX *host)
{
    if (hosts_met == (int)(sizeof(hosts) / sizeof(hosts[0])))
        abort();
    hosts[hosts_met].ctx = find(ctx);
    hosts[hosts_met].host = find(host);
    hosts[hosts_met++].name = name;
    SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
    SSL_CTX_set_tlsext_servername_arg(ctx, ctx);
}
`,
  },
  {
    defines: ['sim_psk', 'psk_of', 'psks', 'given_session', 'use_psk', 'find_psk'],
    text: `
/* Of the SSL_CTX that stands at the same place among the things. */
static struct psk {
    const unsigned char *identity;
    size_t length;
    const struct thing *session;
} psks[sizeof(things) / sizeof(things[0])];

static const struct psk *psk_of(const SSL *ssl)
{
    return &psks[find(find(ssl)->made_with) - things];
}

/* libssl takes a reference. */
static SSL_SESSION *given_session(const struct psk *psk)
{
    SSL_SESSION *session = psk->session == NULL ? NULL : psk->session->object;

    if (session != NULL)
        SSL_SESSION_up_ref(session);
    return session;
}

static int use_psk(SSL *ssl, const EVP_MD *md, const unsigned char **identity,
                   size_t *length, SSL_SESSION **session)
{
    const struct psk *psk = psk_of(ssl);

    (void)md;
    *session = given_session(psk);
    *identity = *session == NULL ? NULL : psk->identity;
    *length = *session == NULL ? 0 : psk->length;
    return 1;
}

static int find_psk(SSL *ssl, const unsigned char *identity, size_t length,
                    SSL_SESSION **session)
{
    const struct psk *psk = psk_of(ssl);

    *session = NULL;
    if (length == psk->length && memcmp(identity, psk->identity, length) == 0)
        *session = given_session(psk);
    return 1;
}

static void sim_psk(SSL_CTX *ctx, const unsigned char *identity,
                    size_t length, SSL_SESSION *session)
{
    struct psk *psk = &psks[find(ctx) - things];

    psk->identity = identity;
    psk->length = length;
    psk->session = find(session);
    SSL_CTX_set_psk_use_session_callback(ctx, use_psk);
    SSL_CTX_set_psk_find_session_callback(ctx, find_psk);
}
`,
  },
  {
    defines: ['sim_alpn_select', 'protocols', 'select_protocol'],
    text: `
/* Of the SSL_CTX that stands at the same place among the things. */
static struct {
    const unsigned char *list;
    unsigned int length;
} protocols[sizeof(things) / sizeof(things[0])];

/* The first of the server's own that the client offers. */
static int select_protocol(SSL *ssl, const unsigned char **selected,
                           unsigned char *length, const unsigned char *offered,
                           unsigned int offered_length, void *arg)
{
    const struct thing *ctx = find(arg);
    const unsigned char *ours;
    unsigned int i, j, our_length;

    (void)ssl;
    if (ctx == NULL)
        return SSL_TLSEXT_ERR_NOACK;
    ours = protocols[ctx - things].list;
    our_length = protocols[ctx - things].length;
    for (i = 0; i < our_length; i += 1 + ours[i])
        for (j = 0; j < offered_length; j += 1 + offered[j])
            if (memcmp(ours + i, offered + j, 1 + ours[i]) == 0) {
                *selected = offered + j + 1;
                *length = offered[j];
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_NOACK;
}

static void sim_alpn_select(SSL_CTX *ctx, const unsigned char *list,
                            unsigned int length)
{
    protocols[find(ctx) - things].list = list;
    protocols[find(ctx) - things].length = length;
    SSL_CTX_set_alpn_select_cb(ctx, select_protocol, ctx);
}
`,
  },
];
