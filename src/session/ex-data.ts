/** ex_data: a value of the application's for each object, and functions of its own that run as objects come, are copied and go. */

/** CRYPTO_get_ex_new_index(3), of the one index that there is for each kind of object; 0 stands for NULL. */
export interface ExDataFunctions {
  readonly made: () => void;
  /** Only where the object that is copied was given a value once. */
  readonly copied: (value: number) => void;
  readonly freed: (value: number) => void;
}
