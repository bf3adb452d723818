export interface Restore {
  readonly kind: "restore";
  readonly what: "HEADERONLY" | "FILELISTONLY" | "LABELONLY" | "VERIFYONLY" | "DATABASE" | "LOG";
  /** The database that is to be restored. */
  readonly name?: string;
  readonly disk: string;
  /** The backup's position in the file. */
  readonly file: number;
}
