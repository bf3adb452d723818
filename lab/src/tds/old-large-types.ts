import type { SqlType, SqlValue } from "../tsql/types";
import type { ByteWriter } from "./bytes";
import { encodeVarchar, serverCollation } from "./collation";
import { asBuffer, asText } from "./scalars";
import { wire } from "./wire-types";

/** The types from before (max): text, ntext and image have a pointer in front of each value. */
export type OldLargeType = Extract<SqlType, { readonly name: "text" | "ntext" | "image" }>;
export const isOldLarge = (type: SqlType): type is OldLargeType =>
  type.name === "text" || type.name === "ntext" || type.name === "image";

const codes = { text: wire.text, ntext: wire.nText, image: wire.image } as const;
const longest = { text: 2_147_483_647, ntext: 2_147_483_646, image: 2_147_483_647 } as const;

export function writeLargeTypeInfo(writer: ByteWriter, { name }: OldLargeType): void {
  writer.uint8(codes[name]);
  writer.uint32(longest[name]);
  if (name !== "image") writer.bytes(serverCollation);
}

/** COLMETADATA names the table behind such a type; the lab sends an empty name. */
export function writeTableName(writer: ByteWriter, type: SqlType): void {
  if (isOldLarge(type)) writer.uint8(0);
}

/** The server sends this pointer where no client may follow it. */
const pointer = Buffer.from("dummy textptr\0\0\0", "latin1");
const timestamp = Buffer.from("dummyTS\0", "latin1");

export function writeLargeValue(writer: ByteWriter, { name }: OldLargeType, value: SqlValue): void {
  const bytes =
    name === "image"
      ? asBuffer(value)
      : name === "ntext"
        ? Buffer.from(asText(value), "utf16le")
        : encodeVarchar(asText(value));
  writer.uint8(pointer.length);
  writer.bytes(pointer);
  writer.bytes(timestamp);
  writer.uint32(bytes.length);
  writer.bytes(bytes);
}
