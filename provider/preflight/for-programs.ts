import type { PreflightArgs, PreflightOptions, PreflightReport } from "./report";

/**
 * Tests what links need, on the SQL Server, in Azure and of databases, and changes nothing. It reads both sides at the same
 * time, most of SQL Server in one batch. A server that does not answer is a finding; it rejects only for arguments that it
 * can't use.
 */
export async function preflight(args: PreflightArgs, options: PreflightOptions = {}): Promise<PreflightReport> {
  // Loaded with the first call, as most programs make none.
  const { look } = require("./preflight") as typeof import("./preflight");
  const { newContext } = require("../lifecycle/context") as typeof import("../lifecycle/context");
  const { scrubOurs } = require("../errors/secrets") as typeof import("../errors/secrets");
  const { whileConnected } = require("../sql-server/connection") as typeof import("../sql-server/connection");
  const { signal = new AbortController().signal, status = () => {}, config = () => undefined } = options;
  const context = newContext({ signal, status: (text) => status(scrubOurs(text)), warn: () => {}, config });
  return await whileConnected(() => look(args, context));
}
