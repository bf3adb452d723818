/** One batch or command of the procedure, and what came of it. */
export interface Step {
  readonly what: string;
  /** Undefined where it agreed with what is expected. */
  readonly disagreement?: string;
}
