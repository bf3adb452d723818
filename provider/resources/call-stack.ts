/**
 * Keeps call stacks out of the state: the SDK records where each resource was declared, which is longer than everything
 * else in it. Between this call and the function that it returns the SDK finds no call stack; errors keep theirs.
 */
export function keepCallStackOut(): () => void {
  const previous = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) => {
    if (frames[0]?.getFunctionName()?.endsWith("callsites")) return String(error);
    return previous ? previous(error, frames) : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  return () => {
    Error.prepareStackTrace = previous;
  };
}
