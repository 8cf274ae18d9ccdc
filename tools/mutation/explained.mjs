// Mutants that nothing can find, by key, each with its reason.
export const explained = new Map([]);
