/** C: the line of JSON that a step ends with, by the kind of what the call returned. */
import type { Part } from './parts.js';

/** What may stand between `#if` and `#endif` alone is `ossl_unused`. */
export const returnedParts: readonly Part[] = [
  {
    defines: ['step'],
    text: String.raw`
static void step(int number, const char *call)
{
    step_number = number;
    step_call = call;
    events_met = 0;
    errors[0] = '\0';
    ERR_clear_error();
}
`,
    withBodies: String.raw`
static void step(int number, const char *call)
{
    step_number = number;
    step_call = call;
    events_met = frame->first_event;
    if (frame == frames)
        bodies_run = 0;
    errors[0] = '\0';
    ERR_clear_error();
}
`,
  },
  {
    defines: ['print_string'],
    text: String.raw`
static void print_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", *text);
        else
            putchar(*text);
    putchar('"');
}
`,
  },
  {
    defines: ['print_hex'],
    text: `
static void print_hex(const unsigned char *data, long length)
{
    long i;

    putchar('"');
    for (i = 0; i < length; i++)
        printf("%02x", data[i]);
    putchar('"');
}
`,
  },
  {
    defines: ['print_thing'],
    text: String.raw`
static void print_thing(const struct thing *thing)
{
    void *object = thing->object;
    int refs = ((int *)object)[refs_at[thing->kind]];
    const char *state;

    print_name(thing);
    switch (thing->kind) {
    case CTX:
        printf(":{\"kind\":\"ctx\",\"refs\":%d,\"number\":%ld,\"stats\":{"
               "\"connect\":%ld,\"connect_good\":%ld,"
               "\"connect_renegotiate\":%ld,\"accept\":%ld,"
               "\"accept_good\":%ld,\"accept_renegotiate\":%ld,\"hits\":%ld,"
               "\"cb_hits\":%ld,\"misses\":%ld,\"timeouts\":%ld,"
               "\"cache_full\":%ld}}",
               refs, SSL_CTX_sess_number(object), SSL_CTX_sess_connect(object),
               SSL_CTX_sess_connect_good(object),
               SSL_CTX_sess_connect_renegotiate(object),
               SSL_CTX_sess_accept(object), SSL_CTX_sess_accept_good(object),
               SSL_CTX_sess_accept_renegotiate(object),
               SSL_CTX_sess_hits(object), SSL_CTX_sess_cb_hits(object),
               SSL_CTX_sess_misses(object), SSL_CTX_sess_timeouts(object),
               SSL_CTX_sess_cache_full(object));
        break;
    case CONNECTION:
        state = SSL_state_string(object);
        printf(":{\"kind\":\"ssl\",\"refs\":%d,\"session\":", refs);
        print_name(find(SSL_get_session(object)));
        printf(",\"reused\":%d,\"shutdown\":%d,\"state\":\"%s\","
               "\"version\":\"%s\"}",
               SSL_session_reused(object), SSL_get_shutdown(object),
               strncmp(state, "SSLERR", 6) == 0 ? "error"
               : strncmp(state, "PINIT", 5) == 0 ? "before"
               : strncmp(state, "SSLOK", 5) == 0 ? "ok" : "init",
               SSL_get_version(object));
        break;
    case SESSION:
        printf(":{\"kind\":\"session\",\"refs\":%d,\"resumable\":%d,"
               "\"ticket\":%d}",
               refs, SSL_SESSION_is_resumable(object),
               SSL_SESSION_has_ticket(object));
        break;
    }
}
`,
  },
  {
    defines: ['line_begins'],
    text: String.raw`
/* One line of JSON a step: {"step":, "call":, "ret": ... */
static void line_begins(void)
{
    int i;

    take_errors();
    number_things();
    for (i = 0; i < things_met; i++)
        if (things[i].kind == CONNECTION && things[i].object != NULL
            && SSL_get_session(things[i].object) != NULL)
            meet(SESSION, SSL_get_session(things[i].object));
    number_things();
    printf("{\"step\":%d,\"call\":\"%s\",\"ret\":", step_number, step_call);
}
`,
    withBodies: String.raw`
/* One line of JSON a step: {"step":, "call":, "ret": ... */
static void line_begins(void)
{
    int i;

    take_errors();
    number_things();
    for (i = 0; i < things_met; i++)
        if (things[i].kind == CONNECTION && things[i].object != NULL
            && SSL_get_session(things[i].object) != NULL)
            meet(SESSION, SSL_get_session(things[i].object));
    number_things();
    if (frame != frames && frame->lines++ > 0)
        putchar(',');
    printf("{\"step\":%d,\"call\":\"%s\",\"ret\":", step_number, step_call);
}
`,
  },
  {
    defines: ['print_events'],
    text: String.raw`
static void print_events(int first)
{
    int i;

    for (i = first; i < events_met; i++) {
        printf("%s{\"%s\":", i == first ? "" : ",", events[i].what);
        if (events[i].act != NULL)
            printf("\"%s\",\"of\":\"%s\",\"value\":%ld", events[i].act,
                   events[i].of, events[i].value);
        else if (events[i].thing != NULL)
            print_name(events[i].thing);
        else
            printf("\"%s\"", events[i].id);
        if (events[i].ctx != NULL) {
            printf(",\"ctx\":");
            print_name(events[i].ctx);
        }
        putchar('}');
    }
}
`,
  },
  {
    defines: ['line_ends'],
    text: String.raw`
/* ... "errors":, "events":, "handles":} */
static void line_ends(void)
{
    const char *comma = "";
    int i;

    printf(",\"errors\":[%s],\"events\":[", errors);
    print_events(0);
    printf("],\"handles\":{");
    for (i = 0; i < things_met; i++) {
        if (things[i].object == NULL)
            continue;
        printf("%s", comma);
        print_thing(&things[i]);
        comma = ",";
        things[i].owned += things[i].kept;
        things[i].kept = 0;
    }
    printf("}}\n");
    fflush(stdout);
}
`,
    withBodies: String.raw`
/* ... "errors":, "events":, "handles":} */
static void line_ends(void)
{
    const char *comma = "";
    int i;

    printf(",\"errors\":[%s],\"events\":[", errors);
    print_events(frame->first_event);
    printf("],\"handles\":{");
    for (i = 0; i < things_met; i++) {
        if (things[i].object == NULL)
            continue;
        printf("%s", comma);
        print_thing(&things[i]);
        comma = ",";
        things[i].owned += things[i].kept;
        things[i].kept = 0;
    }
    putchar('}');
    if (frame->nested != NULL) {
        fclose(frame->nested);
        printf(",\"nested\":[%s]", frame->nested_text);
        free(frame->nested_text);
        frame->nested = NULL;
    }
    putchar('}');
    if (frame == frames)
        putchar('\n');
    fflush(stdout);
}
`,
  },
  {
    defines: ['returned_object'],
    text: `
/* A pointer, and the variable that has got it, if any. */
static void returned_object(enum kind kind, void *object, const char *name)
{
    struct thing *thing = object == NULL ? NULL : meet(kind, object);

    if (thing != NULL && name != NULL && thing->name == NULL)
        thing->name = name;
    line_begins();
    print_name(thing);
    line_ends();
}
`,
  },
  {
    defines: ['returned'],
    text: `
static ossl_unused void returned(long ret)
{
    line_begins();
    printf("%ld", ret);
    line_ends();
}
`,
  },
  {
    defines: ['returned_unsigned'],
    text: `
static void returned_unsigned(unsigned long long ret)
{
    line_begins();
    printf("%llu", ret);
    line_ends();
}
`,
  },
  {
    defines: ['returned_nothing'],
    text: `
static void returned_nothing(void)
{
    line_begins();
    printf("null");
    line_ends();
}
`,
  },
  {
    defines: ['returned_time'],
    text: String.raw`
/* What may be a date is told in seconds from now. */
static ossl_unused void returned_time(long ret)
{
    line_begins();
    if (ret < 1000000000)
        printf("%ld", ret);
    else
        printf("{\"now\":%ld}", ret - (long)time(NULL));
    line_ends();
}
`,
  },
  {
    defines: ['returned_text'],
    text: `
static void returned_text(const char *ret)
{
    line_begins();
    if (ret == NULL)
        printf("null");
    else
        print_string(ret);
    line_ends();
}
`,
  },
  {
    defines: ['returned_bytes'],
    text: `
static void returned_bytes(const unsigned char *data, long length)
{
    line_begins();
    print_hex(data, length);
    line_ends();
}
`,
  },
  {
    defines: ['returned_read'],
    text: `
static void returned_read(long ret, long length)
{
    line_begins();
    printf("[%ld,", ret);
    print_hex(input, length);
    putchar(']');
    line_ends();
}
`,
  },
  {
    defines: ['returned_cipher'],
    text: `
static void returned_cipher(const SSL_CIPHER *cipher)
{
    line_begins();
    if (cipher == NULL)
        printf("null");
    else
        printf("%lu", (unsigned long)SSL_CIPHER_get_id(cipher));
    line_ends();
}
`,
  },
  {
    defines: ['returned_certificate'],
    text: `
static void returned_certificate(const unsigned char *der, long length)
{
    line_begins();
    if (der == NULL)
        printf("null");
    else
        print_hex(der, length);
    line_ends();
}
`,
  },
  {
    defines: ['returned_list'],
    text: `
static void returned_list(const int *ret, int length)
{
    int i;

    line_begins();
    for (i = 0; i < length; i++)
        printf("%c%d", i == 0 ? '[' : ',', ret[i]);
    putchar(']');
    line_ends();
}
`,
  },
  {
    defines: ['null_handle'],
    text: `
/* A call that libssl would not survive. */
static void null_handle(void)
{
    add_error("null handle");
    returned_nothing();
}
`,
  },
  {
    defines: ['no_such_function'],
    text: `
static ossl_unused void no_such_function(void)
{
    add_error("no such function");
    line_begins();
    printf("null");
    line_ends();
}
`,
  },
];
