import { createRequire } from "node:module";
import { engineAddress } from "./engine";

/**
 * Messages that the engine shows to the user: beside a resource where its urn is given, otherwise under the stack's
 * name. Without an engine nothing is shown.
 */
export interface EngineLog {
  /**
   * A line beside the resource while it is worked on. The engine shows the last one until the whole run has ended, so the
   * empty one has to follow: it clears the line. Ends when the engine has it. Without a urn it has no place to show.
   */
  status(urn: string | undefined, message: string): Promise<void>;
  /** A warning that stays. Ends when the engine has it: the process may be gone a moment after its answer. */
  warn(urn: string | undefined, message: string): Promise<void>;
}

type Send = (urn: string, message: string, isWarning: boolean) => Promise<void>;

let send: Send | undefined;

export const engineLog: EngineLog = {
  async status(urn, message) {
    if (!urn) return;
    send ??= connect(engineAddress());
    await send(urn, message, false);
  },
  warn(urn, message) {
    send ??= connect(engineAddress());
    return send(urn ?? "", message, true);
  },
};

function connect(address: string | undefined): Send {
  if (address === undefined) return async () => {};
  try {
    // The SDK's own copy of gRPC, wherever the package manager put it.
    const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
    const grpc = fromSdk("@grpc/grpc-js");
    const { EngineClient } = fromSdk("@pulumi/pulumi/proto/engine_grpc_pb");
    const { LogRequest, LogSeverity } = fromSdk("@pulumi/pulumi/proto/engine_pb");
    const client = new EngineClient(address, grpc.credentials.createInsecure());
    return (urn, message, isWarning) => {
      const request = new LogRequest();
      request.setSeverity(isWarning ? LogSeverity.WARNING : LogSeverity.INFO);
      request.setMessage(message);
      request.setUrn(urn);
      request.setEphemeral(!isWarning);
      return new Promise((resolve) => client.log(request, () => resolve()));
    };
  } catch {
    // Without gRPC nothing is shown, and the work goes on.
    return async () => {};
  }
}
