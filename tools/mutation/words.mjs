// What errors and assertions say to people: mutants of that are not made. The tests of an error hold its words; no campaign reads them.

const says = /^(?:\w*Error|assert|unexpected|bounded)$/u;

export const wordsOfErrors = {
  /** @param path of Babel @returns why it gets no mutants */
  shouldIgnore(path) {
    if (path.isClassProperty() && path.node.key.name === 'name') return 'the name of an error';
    const isText = path.isStringLiteral() || path.isTemplateLiteral();
    if (!isText || !isProse(path.node)) return undefined;
    const sayer = path.findParent((above) => above.isNewExpression() || above.isCallExpression());
    const called = sayer?.node.callee;
    return called?.type === 'Super' || says.test(called?.name ?? '') ? 'the words of an error' : undefined;
  },
};

/** Codes are no prose: what is told by them is API. */
function isProse(node) {
  if (node.type === 'TemplateLiteral') return node.quasis.some(({ value }) => value.raw.includes(' '));
  return node.value.includes(' ') || node.value === 'SEQUENCE' || node.value === 'INTEGER';
}
