/** C: the test's own ex_data, an index for each kind of object, whose functions are events once the test wants them. */
import type { Part } from './parts.js';

export const exDataParts: readonly Part[] = [
  {
    defines: ['ex_data_of', 'sim_ex_data'],
    text: `
static int ex_data_recorded[3];

static void ex_data_happened(const char *act, void *value, const char *of)
{
    struct event *event;
    enum kind kind = strcmp(of, "ctx") == 0 ? CTX
        : strcmp(of, "ssl") == 0 ? CONNECTION : SESSION;

    if (!ex_data_recorded[kind])
        return;
    event = happened("ex_data", NULL, NULL);
    event->act = act;
    event->of = of;
    event->value = (long)(size_t)value;
}

static void ex_data_new(void *object, void *ptr, CRYPTO_EX_DATA *ad, int idx,
                        long argl, void *argp)
{
    (void)object, (void)ptr, (void)ad, (void)idx, (void)argl;
    ex_data_happened("new", NULL, argp);
}

static void ex_data_free(void *object, void *ptr, CRYPTO_EX_DATA *ad, int idx,
                         long argl, void *argp)
{
    (void)object, (void)ad, (void)idx, (void)argl;
    ex_data_happened("free", ptr, argp);
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static int ex_data_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from,
                       void **value, int idx, long argl, void *argp)
#else
static int ex_data_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from,
                       void *value, int idx, long argl, void *argp)
#endif
{
    (void)to, (void)from, (void)idx, (void)argl;
    ex_data_happened("dup", *(void **)value, argp);
    return 1;
}

/* The index, made when it is first wanted. */
static int ex_data_of(enum kind kind)
{
    static const struct {
        int index;
        const char *name;
    } classes[] = {
        { CRYPTO_EX_INDEX_SSL_CTX, "ctx" },
        { CRYPTO_EX_INDEX_SSL, "ssl" },
        { CRYPTO_EX_INDEX_SSL_SESSION, "session" }
    };
    static int made[3], indices[3];

    if (!made[kind])
        indices[kind] = CRYPTO_get_ex_new_index(classes[kind].index, 0,
                                                (void *)classes[kind].name,
                                                ex_data_new, ex_data_dup,
                                                ex_data_free);
    made[kind] = 1;
    return indices[kind];
}

static ossl_unused void sim_ex_data(enum kind kind)
{
    ex_data_of(kind);
    ex_data_recorded[kind] = 1;
}
`,
  },
];
