/** The lab's own TDS with nothing behind it: every batch gets one row at once. */
import { password, select, startServer } from "#lab-tests/tds/backend";

async function main(): Promise<void> {
  const server = await startServer();
  server.answer = ({ sink }) => select(sink, [1], [{ name: "", type: { name: "int" }, nullable: false }]);
  process.send?.({ host: server.listener.host, port: server.listener.port, user: "sa", password, ca: server.ca });
}

void main();
