/** C: the objects that a test has met, and what happened to them during a step. */
import type { Part } from './parts.js';

export const watchParts: readonly Part[] = [
  {
    defines: ['struct_thing', 'things', 'find', 'meet'],
    text: `
/*
 * Every SSL_CTX, SSL and SSL_SESSION that the test has met, in that order.  One
 * that no variable holds is called #1, #2, ...
 */
enum kind { CTX, CONNECTION, SESSION };

static struct thing {
    enum kind kind;
    void *object;       /* NULL once it was destroyed */
    const char *name;   /* of its variable, or NULL */
    int number;         /* 1 for #1 */
    SSL_CTX *made_with; /* of a connection: what SSL_new was given */
    int cut;            /* ... and whether its transport is gone */
    int asks;           /* ... and whether it has a callback of its own */
    int keep;           /* of an SSL_CTX: what its new callback does */
    int names_host;     /* ... and whether it has a servername callback */
    int get_mode;       /* ... and its get callback */
    int owned;          /* of an SSL_SESSION: references that are the test's */
    int kept;           /* ... and of them those from this step's callbacks */
} things[10000];
static int things_met, things_numbered;

static struct thing *find(const void *object)
{
    int i;

    for (i = things_met - 1; i >= 0; i--)
        if (object != NULL && things[i].object == object)
            return &things[i];
    return NULL;
}

static struct thing *meet(enum kind kind, void *object)
{
    struct thing *thing = find(object);

    if (thing != NULL)
        return thing;
    if (things_met == (int)(sizeof(things) / sizeof(things[0])))
        abort();
    thing = &things[things_met++];
    thing->kind = kind;
    thing->object = object;
    if (kind == CONNECTION)
        thing->made_with = SSL_get_SSL_CTX(object);
    return thing;
}
`,
  },
  {
    defines: ['session_no'],
    text: `
/* The session that is called #number. */
static SSL_SESSION *session_no(int number)
{
    int i;

    for (i = 0; i < things_met; i++)
        if (things[i].number == number)
            return things[i].object;
    return NULL;
}
`,
  },
  {
    defines: ['own'],
    text: `
/* The test has got a reference to a session (1), or given one back (-1). */
static void own(const void *session, int references)
{
    struct thing *thing = find(session);

    if (thing != NULL)
        thing->owned += references;
}
`,
  },
  {
    defines: ['events', 'events_met', 'happened'],
    text: `
/* What happened during a step: callbacks, and objects that were destroyed. */
static struct event {
    const char *what;
    const struct thing *thing, *ctx;
    const char *act, *of;       /* of ex_data, else NULL */
    long value;
    char id[2 * SSL_MAX_SSL_SESSION_ID_LENGTH + 1];     /* hex */
} events[10000];
static int events_met;

static struct event *happened(const char *what, const struct thing *thing,
                              const struct thing *ctx)
{
    struct event *event = &events[events_met++];

    if (events_met == (int)(sizeof(events) / sizeof(events[0])))
        abort();
    event->what = what;
    event->thing = thing;
    event->ctx = ctx;
    event->act = NULL;
    return event;
}
`,
  },
  {
    defines: ['was_freed'],
    text: `
/* An ex_data free function: called when the object itself goes. */
static void was_freed(void *object, void *ptr, CRYPTO_EX_DATA *ad, int idx,
                      long argl, void *argp)
{
    struct thing *thing = find(object);

    (void)ptr, (void)ad, (void)idx, (void)argl, (void)argp;
    if (thing == NULL)
        return;
    happened("freed", thing, NULL);
    thing->object = NULL;
}
`,
  },
  {
    defines: ['refs_at', 'FIND_REFS', 'start'],
    text: String.raw`
/*
 * No function tells a reference count: it is the integer in the object that
 * up_ref raises.
 */
static size_t refs_at[3];

#define FIND_REFS(kind, object, up_ref, unref)                              \
    for (refs_at[kind] = 0;; refs_at[kind]++) {                             \
        volatile int *at = (volatile int *)(object) + refs_at[kind];        \
        int before = *at, raised = (up_ref(object), *at);                   \
                                                                            \
        unref(object);                                                      \
        if (raised == before + 1)                                           \
            break;                                                          \
    }

static void start(void)
{
    SSL_CTX *ctx;
    SSL *ssl;
    SSL_SESSION *session;

    /* Nothing of the machine's openssl.cnf */
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ctx = SSL_CTX_new(TLS_method());
    ssl = SSL_new(ctx);
    session = SSL_SESSION_new();
    FIND_REFS(CTX, ctx, SSL_CTX_up_ref, SSL_CTX_free);
    FIND_REFS(CONNECTION, ssl, SSL_up_ref, SSL_free);
    FIND_REFS(SESSION, session, SSL_SESSION_up_ref, SSL_SESSION_free);
    SSL_SESSION_free(session);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, was_freed);
    SSL_get_ex_new_index(0, NULL, NULL, NULL, was_freed);
    SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, was_freed);
}
`,
  },
  {
    defines: ['take_errors', 'add_error', 'errors'],
    text: String.raw`
/* The reasons of the errors that libssl itself queued in this step, as JSON. */
static char errors[100000];

static void add_error(const char *reason)
{
    size_t length = strlen(errors);

    snprintf(errors + length, sizeof(errors) - length, "%s\"%s\"",
             length == 0 ? "" : ",", reason);
}

static void take_errors(void)
{
    unsigned long code;
    char number[40];
    const char *reason;

    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_LIB(code) != ERR_LIB_SSL)
            continue;
        reason = ERR_reason_error_string(code);
        snprintf(number, sizeof(number), "reason(%lu)",
                 (unsigned long)ERR_GET_REASON(code));
        add_error(reason == NULL ? number : reason);
    }
}
`,
  },
  {
    defines: ['judge'],
    text: `
/* What SSL_get_error says of a call; it looks before the queue is taken. */
static int judge(const SSL *ssl, int ret)
{
    static const char *const names[] = {
        "SSL_ERROR_NONE", "SSL_ERROR_SSL", "SSL_ERROR_WANT_READ",
        "SSL_ERROR_WANT_WRITE", "SSL_ERROR_WANT_X509_LOOKUP",
        "SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN", "SSL_ERROR_WANT_CONNECT",
        "SSL_ERROR_WANT_ACCEPT", "SSL_ERROR_WANT_ASYNC",
        "SSL_ERROR_WANT_ASYNC_JOB", "SSL_ERROR_WANT_CLIENT_HELLO_CB"
    };
    int error = SSL_get_error(ssl, ret);

    take_errors();
    if (error < (int)(sizeof(names) / sizeof(names[0])))
        add_error(names[error]);
    return error;
}
`,
  },
  {
    defines: ['step_number', 'step_call'],
    text: `
static int step_number;
static const char *step_call;
`,
  },
  {
    defines: ['print_name'],
    text: String.raw`
static void print_name(const struct thing *thing)
{
    if (thing == NULL)
        printf("null");
    else if (thing->name != NULL)
        printf("\"%s\"", thing->name);
    else
        printf("\"#%d\"", thing->number);
}
`,
  },
  {
    defines: ['number_things'],
    text: `
static void number_things(void)
{
    int i;

    for (i = 0; i < things_met; i++)
        if (things[i].name == NULL && things[i].number == 0)
            things[i].number = ++things_numbered;
}
`,
  },
];
