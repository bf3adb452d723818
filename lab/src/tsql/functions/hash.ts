import { createHash } from "node:crypto";
import { encodeCodePage } from "../code-page";
import { int, type SqlType, type SqlValue } from "../types";
import { fold } from "../values/collation";
import { convertValue, textOf } from "../values/convert";
import { isNational } from "../values/type-rules";
import type { BuiltIn } from "./built-in";

const algorithms: Readonly<Record<string, string>> = {
  MD5: "md5",
  SHA: "sha1",
  SHA1: "sha1",
  SHA2_256: "sha256",
  SHA2_512: "sha512",
};

function bytesOf(value: SqlValue, type: SqlType): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value !== "string")
    return convertValue(value, type, { name: "varbinary", length: "max" }, { explicit: true }) as Buffer;
  return isNational(type) ? Buffer.from(value, "utf16le") : encodeCodePage(value);
}

/** Values that are equal have the same checksum; which one it is differs from the server's. */
const checksum = (ofCase: boolean): BuiltIn => ({
  parameters: ["any"],
  variadic: true,
  acceptsNull: true,
  type: () => int,
  call(args, { types }) {
    const texts = args.map((value, at) => {
      if (value === null) return "\0";
      const text = textOf(value, types[at] ?? int);
      return typeof value === "string" && ofCase ? fold(text) : text;
    });
    return createHash("md5").update(texts.join("\u0001")).digest().readInt32LE();
  },
});

export const hashFunctions: Readonly<Record<string, BuiltIn>> = {
  HASHBYTES: {
    parameters: ["text", "any"],
    nullable: true,
    type: () => ({ name: "varbinary", length: 8000 }),
    call([name, value = null], { types }) {
      const algorithm = algorithms[String(name).toUpperCase()];
      return algorithm
        ? createHash(algorithm)
            .update(bytesOf(value, types[1] ?? int))
            .digest()
        : null;
    },
  },
  CHECKSUM: checksum(true),
  BINARY_CHECKSUM: checksum(false),
};
