// Runs the exported tests of a shared object on the OpenSSL inside this node binary.
//   NODE tools/export-c/in-node.mjs SUITE.so FOLDER STATUSES
import koffi from 'koffi';

const [suite, folder, statuses] = process.argv.slice(2);
process.exitCode = koffi.load(suite).func('run_tests', 'int', ['str', 'str'])(folder, statuses);
