/** The likely cause of a number or code, and what to do now. */
export interface Advice {
  readonly cause: string;
  readonly remedy: string;
}
