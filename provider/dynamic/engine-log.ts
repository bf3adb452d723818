import { createRequire } from "node:module";

/**
 * Live status lines. The dynamic provider server gets the engine's address as its first argument; a message with the
 * resource's urn shows beside that resource. Without an engine (tests, another front) nothing is shown.
 */
type Send = (urn: string, message: string) => void;

let send: Send | undefined;

export function showStatus(urn: string | undefined, message: string): void {
  if (!urn) return;
  send ??= connect(process.argv[2]);
  send(urn, message);
}

function connect(address: string | undefined): Send {
  if (!address || !/^[\w.:[\]-]+:\d+$/.test(address)) return () => {};
  try {
    // The SDK's own copy of gRPC, wherever the package manager put it.
    const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
    const grpc = fromSdk("@grpc/grpc-js");
    const { EngineClient } = fromSdk("@pulumi/pulumi/proto/engine_grpc_pb");
    const { LogRequest, LogSeverity } = fromSdk("@pulumi/pulumi/proto/engine_pb");
    const client = new EngineClient(address, grpc.credentials.createInsecure());
    return (urn, message) => {
      const request = new LogRequest();
      request.setSeverity(LogSeverity.INFO);
      request.setMessage(message);
      request.setUrn(urn);
      request.setEphemeral(true);
      client.log(request, () => {});
    };
  } catch {
    // A status line is a courtesy: the work goes on without it.
    return () => {};
  }
}
