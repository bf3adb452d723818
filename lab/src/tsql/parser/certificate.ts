import type { AlterCertificate, BackupCertificate, CreateCertificate } from "../syntax/certificate";
import { type Cursor, identifier, parenthesizedList, stringLiteral } from "./cursor";
import { binaryLiteral } from "./literal";

/** https://learn.microsoft.com/sql/t-sql/statements/create-certificate-transact-sql */
export function createCertificate(cursor: Cursor): CreateCertificate {
  const name = identifier(cursor);
  if (cursor.accept("AUTHORIZATION")) identifier(cursor);
  const kind = "createCertificate";
  if (cursor.accept("FROM")) {
    const source = cursor.choose("BINARY", "FILE");
    cursor.expect("=");
    const created: CreateCertificate =
      source === "FILE" ? { kind, name, file: stringLiteral(cursor) } : { kind, name, binary: binary(cursor) };
    activeForBeginDialog(cursor);
    return created;
  }
  let encryptionPassword: string | undefined;
  if (cursor.accept("ENCRYPTION")) {
    cursor.expect("BY", "PASSWORD", "=");
    encryptionPassword = stringLiteral(cursor);
  }
  cursor.expect("WITH", "SUBJECT", "=");
  const subject = stringLiteral(cursor);
  const dates: { startDate?: string; expiryDate?: string } = {};
  while (cursor.accept(",")) {
    const option = cursor.choose("START_DATE", "EXPIRY_DATE");
    cursor.expect("=");
    dates[option === "START_DATE" ? "startDate" : "expiryDate"] = stringLiteral(cursor);
  }
  activeForBeginDialog(cursor);
  return { kind, name, subject, ...dates, encryptionPassword };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-certificate-transact-sql */
export function alterCertificate(cursor: Cursor): AlterCertificate {
  const name = identifier(cursor);
  if (cursor.accept("REMOVE", "PRIVATE", "KEY")) return { kind: "alterCertificate", name, change: "removePrivateKey" };
  cursor.expect("WITH", "PRIVATE", "KEY");
  const passwords: { DECRYPTION?: string; ENCRYPTION?: string } = {};
  parenthesizedList(cursor, () => {
    const option = cursor.choose("DECRYPTION", "ENCRYPTION");
    cursor.expect("BY", "PASSWORD", "=");
    passwords[option] = stringLiteral(cursor);
  });
  const { DECRYPTION: decryptionPassword, ENCRYPTION: encryptionPassword } = passwords;
  return { kind: "alterCertificate", name, change: "privateKey", decryptionPassword, encryptionPassword };
}

function binary(cursor: Cursor): Buffer {
  return cursor.peek().kind === "binary" ? binaryLiteral(cursor.next().text).value : cursor.fail();
}

function activeForBeginDialog(cursor: Cursor): void {
  if (!cursor.accept("ACTIVE")) return;
  cursor.expect("FOR", "BEGIN_DIALOG", "=");
  cursor.choose("ON", "OFF");
}

export function backupCertificate(cursor: Cursor): BackupCertificate {
  const name = identifier(cursor);
  cursor.expect("TO", "FILE", "=");
  return { kind: "backupCertificate", name, file: stringLiteral(cursor) };
}
