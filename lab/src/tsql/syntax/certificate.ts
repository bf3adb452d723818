export interface CreateCertificate {
  readonly kind: "createCertificate";
  readonly name: string;
  /** The source of the certificate is this subject, the bytes or the file. */
  readonly subject?: string;
  readonly binary?: Buffer;
  readonly file?: string;
  /** The date as written; the server reads it with the session's date format. */
  readonly startDate?: string;
  readonly expiryDate?: string;
  readonly encryptionPassword?: string;
}

export interface AlterCertificate {
  readonly kind: "alterCertificate";
  readonly name: string;
  readonly change: "removePrivateKey" | "privateKey";
  readonly decryptionPassword?: string;
  readonly encryptionPassword?: string;
}

export interface DropCertificate {
  readonly kind: "dropCertificate";
  readonly name: string;
}

export interface BackupCertificate {
  readonly kind: "backupCertificate";
  readonly name: string;
  readonly file: string;
}
