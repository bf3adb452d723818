import type { TdsBackend, TdsSession } from "./contract";
import { type Login7, negotiatePacketSize } from "./login7";
import { contextChanged, type Reply } from "./reply";
import { writeEnvChange, writeFeatureExtAck, writeLoginAck, writeMessage } from "./tokens";

const defaultPacketSize = 4096;

/** Writes the answer in a real server's order; a client takes nothing but these tokens before its first DONE. */
export function writeLoginAccepted(
  { writer }: Reply,
  backend: TdsBackend,
  login: Login7,
  version: number,
  session: TdsSession,
): void {
  writeEnvChange.database(writer, session.database, "master");
  writeMessage(writer, "info", contextChanged(session.database, 2), backend.serverName);
  writeEnvChange.collation(writer);
  writeEnvChange.language(writer, "us_english");
  const text = "Changed language setting to us_english.";
  const languageChanged = { number: 5703, severity: 10, state: 1, text, procedure: "", line: 1 };
  writeMessage(writer, "info", languageChanged, backend.serverName);
  writeLoginAck(writer, version, backend.version);
  writeEnvChange.packetSize(writer, negotiatePacketSize(login.packetSize), defaultPacketSize);
  writeFeatureExtAck(writer, { fedAuth: login.fedAuth !== undefined, utf8Support: login.utf8Support });
}
