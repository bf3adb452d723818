/** One HTTP exchange with Azure Resource Manager, whatever its status. */
export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
