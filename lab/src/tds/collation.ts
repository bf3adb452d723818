import { decodeCodePage, encodeCodePage } from "../tsql/values/code-page";

/** SQL_Latin1_General_CP1_CI_AS as COLMETADATA and ENVCHANGE carry it (MS-TDS 2.2.5.1.2). */
export const serverCollation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);
const utf8Flag = 1 << 26;

/** A character that code page 1252 does not have becomes a question mark, as in a varchar column. */
export const encodeVarchar = encodeCodePage;

export function decodeVarchar(bytes: Buffer, collation: Buffer): string {
  return collation.readUInt32LE(0) & utf8Flag ? bytes.toString("utf8") : decodeCodePage(bytes);
}
