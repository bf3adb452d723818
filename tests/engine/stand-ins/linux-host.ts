import { createServer } from "node:http";
import { join } from "node:path";
import type { Lab } from "#lab/index";
import { placeProgram } from "./on-path";

/** The machine of one of the lab's SQL Servers, as far as `sudo` shows it: its mssql.conf, mssql-conf and systemctl. */
export interface LinuxHost {
  /** What was asked of `sudo`, in order. */
  readonly asked: readonly string[];
  /** How many entries the lab's journal had when SQL Server was restarted. */
  readonly restartedAt: number | undefined;
  close(): Promise<void>;
}

/** Puts a `sudo` into a folder for PATH whose commands act on a SQL Server of the lab: on the running one with a restart only. */
export async function openLinuxHost(lab: Lab, name: string, folder: string): Promise<LinuxHost> {
  const asked: string[] = [];
  const server = lab.sqlServer(name);
  let isHadrEnabled = server.isHadrEnabled;
  let startupTraceFlags = server.startupTraceFlags;
  let restartedAt: number | undefined;

  const answers: Readonly<Record<string, () => string | Promise<void>>> = {
    "cat /var/opt/mssql/mssql.conf": () =>
      [
        `[hadr]\nhadrenabled = ${isHadrEnabled ? 1 : 0}\n\n[traceflag]`,
        ...startupTraceFlags.map((flag, i) => `traceflag${i} = ${flag}`),
      ].join("\n"),
    "/opt/mssql/bin/mssql-conf set hadr.hadrenabled 1": () => {
      isHadrEnabled = true;
      return "SQL Server needs to be restarted in order to apply this setting.";
    },
    "/opt/mssql/bin/mssql-conf traceflag 1800 9567 on": () => {
      startupTraceFlags = [1800, 9567];
      return "SQL Server needs to be restarted in order to apply this setting.";
    },
    "systemctl restart mssql-server": () => {
      restartedAt = lab.journal.entries.length;
      Object.assign(server, { isHadrEnabled, startupTraceFlags });
      return lab.restart(name);
    },
  };

  const listener = createServer((request, response) => {
    let command = "";
    request.setEncoding("utf8").on("data", (text) => {
      command += text;
    });
    request.on("end", async () => {
      asked.push(command);
      const answer = answers[command];
      response.statusCode = answer ? 200 : 400;
      response.end(answer ? await answer() : `sudo: ${command}: command not found`);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = `"${process.execPath}" "${join(__dirname, "sudo.js")}" ${port}`;
  await placeProgram(folder, "sudo", client);
  return {
    asked,
    get restartedAt() {
      return restartedAt;
    },
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  };
}
