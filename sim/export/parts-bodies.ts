/** C: bodies of callbacks, whose steps stand in the line of the step that they ran in. */
import type { Part } from './parts.js';

export const bodyParts: readonly Part[] = [
  {
    defines: ['again'],
    text: `
/* In a body that runs again a variable is another object: x.2, x.3 ... */
static const char *again(const char *name)
{
    static struct {
        const char *name;
        int times;
    } known[1000];
    char *numbered;
    int i;

    for (i = 0; known[i].name != NULL && strcmp(known[i].name, name) != 0; i++)
        if (i == 998)
            abort();
    known[i].name = name;
    if (++known[i].times == 1)
        return name;
    numbered = malloc(strlen(name) + 20);
    sprintf(numbered, "%s.%d", name, known[i].times);
    return numbered;
}
`,
  },
  {
    defines: ['name_id'],
    text: `
static void name_id(struct event *event, const unsigned char *id, int length)
{
    int i;

    event->id[0] = '\\0';
    for (i = 0; i < length && i < SSL_MAX_SSL_SESSION_ID_LENGTH; i++)
        sprintf(event->id + 2 * i, "%02x", id[i]);
}
`,
  },
  {
    defines: ['named_by'],
    text: `
/* Whose servername callback it is: that of the SSL_CTX now, or the first. */
static SSL_CTX *named_by(const SSL *ssl)
{
    const struct thing *thing = find(SSL_get_SSL_CTX(ssl));

    if (thing != NULL && thing->names_host)
        return SSL_get_SSL_CTX(ssl);
    return find(ssl)->made_with;
}
`,
  },
  {
    defines: ['frame', 'body_begins', 'bodies_run'],
    text: `
/*
 * A step in which bodies run, and what of it is put aside meanwhile: its lines,
 * its events and its errors.
 */
static struct frame {
    int number, first_event, events_end, lines;
    const char *call;
    char *errors, *nested_text;
    size_t nested_size;
    FILE *nested, *out;
    unsigned long queue[100];
} frames[5], *frame = frames;
static int bodies_run;

/* Whether the steps of a callback are made: not where it is too deep. */
static int body_begins(const char *on, SSL_CTX *ctx, SSL *ssl,
                       const char *args)
{
    int i = 0;

    number_things();
    if (frame == frames + 4 || bodies_run >= 256)
        return 0;
    bodies_run++;
    frame->number = step_number;
    frame->call = step_call;
    frame->events_end = events_met;
    frame->errors = strdup(errors);
    while (i < 99 && (frame->queue[i] = ERR_get_error()) != 0)
        i++;
    frame->queue[i] = 0;
    if (frame->nested == NULL)
        frame->nested = open_memstream(&frame->nested_text,
                                       &frame->nested_size);
    else
        fprintf(frame->nested, ",");
    frame->out = stdout;
    stdout = frame->nested;
    printf("{\\"on\\":\\"%s\\",\\"ctx\\":", on);
    print_name(find(ctx));
    if (ssl != NULL) {
        printf(",\\"ssl\\":");
        print_name(find(ssl));
    }
    if (args != NULL)
        printf(",\\"args\\":%s", args);
    printf(",\\"steps\\":[");
    frame++;
    frame->first_event = events_met;
    frame->lines = 0;
    frame->nested = NULL;
    return 1;
}
`,
  },
  {
    defines: ['body_ends'],
    text: `
static void body_ends(const char *returned)
{
    int i;

    printf("],\\"returned\\":%s}", returned);
    frame--;
    stdout = frame->out;
    step_number = frame->number;
    step_call = frame->call;
    events_met = frame->events_end;
    strcpy(errors, frame->errors);
    free(frame->errors);
    ERR_clear_error();
    for (i = 0; frame->queue[i] != 0; i++)
        ERR_put_error(ERR_GET_LIB(frame->queue[i]), 0,
                      ERR_GET_REASON(frame->queue[i]), "", 0);
}
`,
  },
  {
    defines: ['see_tickets'],
    text: `
/* One function sets both callbacks of tickets: the other stays as it is. */
static void see_tickets(SSL_CTX *ctx, SSL_CTX_generate_session_ticket_fn made,
                        SSL_CTX_decrypt_session_ticket_fn came)
{
    static struct {
        SSL_CTX_generate_session_ticket_fn made;
        SSL_CTX_decrypt_session_ticket_fn came;
    } known[sizeof(things) / sizeof(things[0])], *both;

    both = &known[find(ctx) - things];
    if (made != NULL)
        both->made = made;
    if (came != NULL)
        both->came = came;
    SSL_CTX_set_session_ticket_cb(ctx, both->made, both->came, NULL);
}
`,
  },
  {
    defines: ['verified_by'],
    text: `
static SSL *verified_by(X509_STORE_CTX *store)
{
    int index = SSL_get_ex_data_X509_STORE_CTX_idx();

    return X509_STORE_CTX_get_ex_data(store, index);
}
`,
  },
  {
    defines: ['info_args'],
    text: `
static const char *info_args(int where, int value)
{
    static char text[40];

    sprintf(text, "[%d,%d]", where, value);
    return text;
}
`,
  },
  {
    defines: ['verify_args'],
    text: `
static const char *verify_args(int preverify_ok, X509_STORE_CTX *store)
{
    static char text[60];

    sprintf(text, "[%d,%d,%d]", preverify_ok, X509_STORE_CTX_get_error(store),
            X509_STORE_CTX_get_error_depth(store));
    return text;
}
`,
  },
  {
    defines: ['shown_number'],
    text: `
static const char *shown_number(int number)
{
    static char text[20];

    sprintf(text, "%d", number);
    return text;
}
`,
  },
  {
    defines: ['shown_hex'],
    text: `
static const char *shown_hex(const unsigned char *data, int length)
{
    char *text = malloc(2 * length + 3);
    int i;

    text[0] = '"';
    for (i = 0; i < length; i++)
        sprintf(text + 1 + 2 * i, "%02x", data[i]);
    strcpy(text + 1 + 2 * length, "\\"");
    return text;
}
`,
  },
  {
    defines: ['shown_session'],
    text: `
/* The name of a session, and the copy flag where it was set. */
static const char *shown_session(const SSL_SESSION *session, const char *copy)
{
    static char text[1000];
    const struct thing *thing = find(session);
    char name[400];

    if (thing == NULL)
        return "null";
    if (thing->name != NULL)
        snprintf(name, sizeof(name), "\\"%s\\"", thing->name);
    else
        snprintf(name, sizeof(name), "\\"#%d\\"", thing->number);
    if (copy == NULL)
        snprintf(text, sizeof(text), "%s", name);
    else
        snprintf(text, sizeof(text), "[%s,%s]", name, copy);
    return text;
}
`,
  },
  {
    defines: ['ticket_key', 'has_ticket_key', 'use_ticket_key'],
    text: `
struct ticket_key {
    const unsigned char *name, *hmac_key, *aes_key;     /* 16, 32, 32 bytes */
};

static const struct ticket_key *key_named(const struct ticket_key *keys,
                                          int count, const unsigned char *name)
{
    int i;

    for (i = 0; i < count; i++)
        if (memcmp(keys[i].name, name, 16) == 0)
            return &keys[i];
    return NULL;
}

static int has_ticket_key(const struct ticket_key *keys, int count,
                          const unsigned char *name)
{
    return key_named(keys, count, name) != NULL;
}

/* Seals a new ticket with the first key, opens one that came with its own. */
static void use_ticket_key(const struct ticket_key *keys, int count,
                           unsigned char *name, unsigned char *iv,
                           EVP_CIPHER_CTX *cipher, HMAC_CTX *hmac, int seals)
{
    const struct ticket_key *key = seals ? keys : key_named(keys, count, name);

    if (seals) {
        memcpy(name, key->name, 16);
        RAND_bytes(iv, 16);
        EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->aes_key, iv);
    } else {
        EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->aes_key, iv);
    }
    HMAC_Init_ex(hmac, key->hmac_key, 32, EVP_sha256(), NULL);
}
`,
  },
];
