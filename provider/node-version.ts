/**
 * Imported first: an older Node fails in the SQL driver, with a sentence that helps nobody. What the package needs is
 * what its package.json says.
 */
const oldest = 22;

if (Number(process.versions.node.split(".")[0]) < oldest) {
  const message = `pulumi-mi-link needs Node ${oldest} or newer; this is Node ${process.versions.node} (${process.execPath}).`;
  // The message alone: Pulumi prints the stack.
  throw Object.assign(new Error(message), { stack: message });
}
