/** The characters of the bytes 0x80 to 0x9F in Windows-1252, where it differs from Latin-1. */
const upper =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";
const byteOf: ReadonlyMap<string, number> = new Map([...upper].map((character, index) => [character, 0x80 + index]));

/** The text as a varchar keeps it: characters outside the code page become question marks. */
export function toCodePage(text: string): string {
  return text.replace(/[\u0100-\uffff]/g, (character) => (byteOf.has(character) ? character : "?"));
}

export function encodeCodePage(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    bytes[index] = byteOf.get(text[index] as string) ?? (code < 0x100 ? code : 0x3f);
  }
  return bytes;
}

export function decodeCodePage(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) text += byte >= 0x80 && byte <= 0x9f ? upper[byte - 0x80] : String.fromCharCode(byte);
  return text;
}
