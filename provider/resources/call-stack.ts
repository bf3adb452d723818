/**
 * The SDK writes the call stack that declares a resource into its state, where it is longer than everything else. While a
 * resource is made, the SDK finds none; errors keep theirs. Returns what ends it.
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
