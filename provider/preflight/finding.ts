/** What a preflight found out about one prerequisite of a link. It is plain data: it can be printed, sent on or counted. */
export interface Finding {
  /** The prerequisite, in words that stay the same between versions: `always-on`, `recovery-model` ... */
  readonly id: string;
  /** What was looked at, as sentences name it: `SQLSERVER1 (10.0.0.4:1433)`, `the database db1`, `the managed instance mi1`. */
  readonly subject: string;
  /** Whether a link can be made with it. */
  readonly verdict: Verdict;
  /** What was found, and what that means for a link; where the verdict is "unknown", why it could not be tested. */
  readonly sentence: string;
  /** What removes the problem, in the order in which it is done. @default none: there is nothing to do */
  readonly remedy?: readonly Step[];
  /**
   * What stood in the way of a look, without what was looked at: the same for all that one thing stood in the way of.
   * @default none: nothing did
   */
  readonly reason?: string;
}

/**
 * - `passed`: as a link needs it.
 * - `warning`: a link can be made, and something about it should be known first.
 * - `failed`: a link cannot be made, or cannot connect.
 * - `unknown`: it could not be tested.
 */
export type Verdict = "passed" | "warning" | "failed" | "unknown";

/** One step of a remedy. */
export interface Step {
  /**
   * Where it is run: `sql-server` and `managed-instance` are T-SQL there, in `master`; `powershell` and `shell` command
   * lines on the machine of the SQL Server; `azure-cli` a line for any machine where `az` is signed in. `words`: only a
   * human can do it.
   */
  readonly how: "sql-server" | "managed-instance" | "powershell" | "shell" | "azure-cli" | "words";
  /** What is run, as it is; where `how` is "words", a sentence. `<...>` stands for what only the reader knows. */
  readonly text: string;
}
