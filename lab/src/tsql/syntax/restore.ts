export interface Restore {
  readonly kind: "restore";
  readonly what: "HEADERONLY" | "FILELISTONLY" | "LABELONLY" | "VERIFYONLY" | "DATABASE" | "LOG";
  /** Of the database that is restored. */
  readonly name?: string;
  readonly disk: string;
  /** Position in the file. */
  readonly file: number;
}
