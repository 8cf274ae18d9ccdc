/** What is asked with NULL in place of a context or a method. */
export interface NullAnswers {
  /** SSL_new and SSL_CTX_new: what they give, and the reasons that they queue. */
  readonly connection: readonly unknown[];
  readonly context: readonly unknown[];
  /** SSL_set_SSL_CTX takes the connection back to the context that it was made with. */
  readonly backToItsOwn: boolean;
  /** SSL_CTX_sess_number, then the mode and the size set, then both read. */
  readonly numbers: readonly number[];
}
