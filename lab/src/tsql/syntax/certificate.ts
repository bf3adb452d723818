export interface CreateCertificate {
  readonly kind: "createCertificate";
  readonly name: string;
  /** One of the two sources. */
  readonly subject?: string;
  readonly binary?: Buffer;
  readonly file?: string;
  /** As written, for the server to read with the session's date format. */
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
