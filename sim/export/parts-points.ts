/** C: bodies that run before the transport of a connection is read, or written. */
import type { Part } from './parts.js';

export const pointParts: readonly Part[] = [
  {
    defines: ['at_point', 'watch_points'],
    text: `
/*
 * Points at which a connection's transport is read or written: callbacks of
 * its BIOs, which one connection may read and another write.
 */
enum point { READ, WRITE };

static void (*points[sizeof(things) / sizeof(things[0])][2])(SSL *ssl);

static void pass_point(BIO *bio, enum point point)
{
    SSL *ssl;
    int i;

    for (i = 0; i < things_met; i++) {
        if (things[i].kind != CONNECTION || things[i].object == NULL)
            continue;
        ssl = things[i].object;
        if (points[i][point] != NULL
            && bio == (point == READ ? SSL_get_rbio(ssl) : SSL_get_wbio(ssl))) {
            points[i][point](ssl);
            return;
        }
    }
}

static long at_bio(BIO *bio, int oper, const char *argp, size_t len, int argi,
                   long argl, int ret, size_t *processed)
{
    BIO_callback_fn_ex before = (BIO_callback_fn_ex)BIO_get_callback_arg(bio);

    if (before != NULL) {
        ret = before(bio, oper, argp, len, argi, argl, ret, processed);
        if (BIO_get_callback_ex(bio) != at_bio) {       /* it is done */
            BIO_set_callback_arg(bio, NULL);
            BIO_set_callback_ex(bio, at_bio);
        }
    }
    if (strcmp(step_call, "sim_inject") == 0)
        return ret;
    if (oper == BIO_CB_READ)
        pass_point(bio, READ);
    if (oper == BIO_CB_WRITE)
        pass_point(bio, WRITE);
    return ret;
}

static void watch_bio(BIO *bio)
{
    if (bio == NULL || BIO_get_callback_ex(bio) == at_bio)
        return;
    BIO_set_callback_arg(bio, (char *)BIO_get_callback_ex(bio));
    BIO_set_callback_ex(bio, at_bio);
}

/* Before each step: the BIOs may be others than at the last. */
static void watch_points(void)
{
    int i;

    for (i = 0; i < things_met; i++) {
        if (things[i].kind != CONNECTION || things[i].object == NULL)
            continue;
        if (points[i][READ] != NULL)
            watch_bio(SSL_get_rbio(things[i].object));
        if (points[i][WRITE] != NULL)
            watch_bio(SSL_get_wbio(things[i].object));
    }
}

static void at_point(SSL *ssl, enum point point, void (*run)(SSL *ssl))
{
    points[find(ssl) - things][point] = run;
}
`,
  },
];
