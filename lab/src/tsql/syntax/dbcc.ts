export interface DbccTrace {
  readonly kind: "dbccTrace";
  readonly command: "TRACEON" | "TRACEOFF" | "TRACESTATUS";
  readonly flags: readonly number[];
  readonly global: boolean;
}
