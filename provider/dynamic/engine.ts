import { connect } from "node:http2";

/** Where the engine listens: the first argument of the dynamic provider server. Without an engine (tests, another front) there is none. */
export function engineAddress(): string | undefined {
  const address = process.argv[2];
  return address && /^[\w.:[\]-]+:\d+$/.test(address) ? address : undefined;
}

const millisecondsToNextLook = 200;

/**
 * Holds a connection to the engine: the operating system closes it when the engine ends, however it ends, while the
 * parent process is a shell that survives. A connection may break while the engine lives, so it is made anew; only a
 * refusal says that nobody is there any more. Idle connections stay open for days.
 */
export function whenEngineIsGone(address: string, end: () => void): void {
  let isRefused = false;
  const session = connect(`http://${address}`);
  session.on("error", (error: NodeJS.ErrnoException) => {
    isRefused = error.code === "ECONNREFUSED";
  });
  session.once("close", () => {
    if (isRefused) end();
    else setTimeout(whenEngineIsGone, millisecondsToNextLook, address, end).unref();
  });
  session.unref();
}
