import type { PreflightArgs, PreflightOptions, PreflightReport } from "./report";

/**
 * Tests what links need, on the SQL Server, in Azure and of databases, and changes nothing. It reads both sides at the same
 * time, most of SQL Server in one batch. A server that does not answer is a finding; it rejects only for arguments that it
 * can't use.
 */
export async function preflight(args: PreflightArgs, options: PreflightOptions = {}): Promise<PreflightReport> {
  const { signal = new AbortController().signal, status = () => {}, config = () => undefined } = options;
  // Loaded with the first call, as most programs make none.
  const loaded: typeof import("./preflight") = require("./preflight");
  return await loaded.run(args, { signal, status, config });
}
