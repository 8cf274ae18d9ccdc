/** C: filter BIOs that hold back what a connection writes, or reads. */
import type { Part } from './parts.js';

export const filterParts: readonly Part[] = [
  {
    defines: ['put_filters', 'limit_of'],
    text: `
/*
 * Filter BIOs before those of a connection: the one takes a write only while
 * fewer than so many bytes wait to be read, the other lets so many bytes in.
 */
static BIO_METHOD *filter_method;

static long *limit_of(BIO *filter)
{
    return BIO_get_data(filter);
}

static int filter_write(BIO *filter, const char *data, int length)
{
    BIO *next = BIO_next(filter);
    long room = *limit_of(filter) - (long)BIO_ctrl_pending(next);

    BIO_clear_retry_flags(filter);
    if (room > 0)
        return BIO_write(next, data, room < length ? (int)room : length);
    BIO_set_retry_write(filter);
    return -1;
}

static int filter_read(BIO *filter, char *data, int length)
{
    BIO *next = BIO_next(filter);
    long *limit = limit_of(filter);
    int got;

    BIO_clear_retry_flags(filter);
    if (*limit <= 0 && BIO_ctrl_pending(next) > 0) {
        BIO_set_retry_read(filter);
        return -1;
    }
    if (*limit > 0 && *limit < length)
        length = (int)*limit;
    got = BIO_read(next, data, length);
    if (got <= 0)
        BIO_copy_next_retry(filter);
    else if (*limit != LONG_MAX)
        *limit -= got;
    return got;
}

static long filter_ctrl(BIO *filter, int cmd, long number, void *pointer)
{
    BIO *next = BIO_next(filter);

    return next == NULL ? 0 : BIO_ctrl(next, cmd, number, pointer);
}

static BIO *filter_before(BIO *bio)
{
    BIO *filter;
    long *limit = malloc(sizeof(*limit));

    if (filter_method == NULL) {
        filter_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER,
                                     "filter");
        BIO_meth_set_write(filter_method, filter_write);
        BIO_meth_set_read(filter_method, filter_read);
        BIO_meth_set_ctrl(filter_method, filter_ctrl);
    }
    filter = BIO_new(filter_method);
    *limit = LONG_MAX;
    BIO_set_data(filter, limit);
    BIO_up_ref(bio);
    return BIO_push(filter, bio);
}

/* Both sides of a connection have a filter, or neither. */
static void put_filters(SSL *ssl)
{
    if (BIO_next(SSL_get_rbio(ssl)) != NULL)
        return;
    SSL_set0_rbio(ssl, filter_before(SSL_get_rbio(ssl)));
    SSL_set0_wbio(ssl, filter_before(SSL_get_wbio(ssl)));
}
`,
  },
  {
    defines: ['sim_capacity'],
    text: `
static void sim_capacity(SSL *ssl, long bytes)
{
    if (find(ssl)->cut)
        return;
    put_filters(ssl);
    *limit_of(SSL_get_wbio(ssl)) = bytes;
}
`,
  },
  {
    defines: ['sim_deliver'],
    text: `
/* What is under way, and will be, comes by hand from the first time on. */
static void sim_deliver(SSL *ssl, long bytes)
{
    long *limit;

    if (find(ssl)->cut)
        return;
    put_filters(ssl);
    limit = limit_of(SSL_get_rbio(ssl));
    *limit = *limit == LONG_MAX ? bytes : *limit + bytes;
}
`,
  },
];
