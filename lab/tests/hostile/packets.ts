import { batch, call, login7, packet, prelogin, transaction } from "../tds/raw-client";
import { mutateBytes, mutateText, oneOf, type Random } from "./mutation";

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

const collation = hex("0904d00034");

/** A parameter of type nvarchar without a name. */
function text(value: string): Buffer {
  const bytes = utf16(value);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([hex("0000e7401f"), collation, length, bytes]);
}

/** TYPE_INFO and a value of every type that MS-TDS has (2.2.5.4). */
const typed = [
  "1f",
  "30 ff", // tinyint
  "34 ff7f", // smallint
  "38 ffffff7f", // int
  "7f ffffffffffffff7f", // bigint
  "32 01", // bit
  "3b 0000803f", // real
  "3e 000000000000f03f", // float
  "3c 0000000001000000", // money
  "7a 01000000", // smallmoney
  "3d 0100000001000000", // datetime
  "3a 01000100", // smalldatetime
  "26 01 01 07", // intN
  "26 02 02 0700",
  "26 04 04 07000000",
  "26 08 08 0700000000000000",
  "26 04 00",
  "68 01 01 01", // bitN
  "6d 04 04 0000803f", // floatN
  "6d 08 08 000000000000f03f",
  "6e 04 04 01000000", // moneyN
  "6e 08 08 0000000001000000",
  "6f 04 04 01000100", // datetimeN
  "6f 08 08 0100000001000000",
  "28 03 010203", // date
  "29 07 05 0102030405", // time
  "29 00 03 010203",
  "2a 07 08 0102030405010203", // datetime2
  "2b 07 0a 01020304050102030000", // datetimeoffset
  "6a 11 26 00 11 0101000000000000000000000000000000", // decimal
  "6c 05 09 04 05 0010000000", // numeric
  "24 10 10 0102030405060708090a0b0c0d0e0f10", // uniqueidentifier
  "a5 0800 0300 010203", // varbinary
  "ad 0400 0400 01020304", // binary
  "a7 0800 0904d00034 0300 616263", // varchar
  "af 0400 0904d00034 0400 61626364", // char
  "e7 0800 0904d00034 0400 61006200", // nvarchar
  "ef 0400 0904d00034 0400 61006200", // nchar
  "e7 ffff 0904d00034 feffffffffffffff 04000000 61006200 00000000", // (max), of unknown length
  "e7 ffff 0904d00034 0400000000000000 02000000 6100 02000000 6200 00000000", // (max), in two chunks
  "a7 ffff 0904d00034 0300000000000000 03000000 616263 00000000",
  "a5 ffff ffffffffffffffff", // (max), NULL
  "23 10000000 0904d00034 03000000 616263", // text
  "63 10000000 0904d00034 04000000 61006200", // ntext
  "22 10000000 03000000 010203", // image
  "62 491f0000 06000000 38 00 01000000", // sql_variant of int
  "62 491f0000 0d000000 e7 07 0904d00034 0800 61006200",
  "62 491f0000 09000000 6a 02 09 02 01 01000000",
  "62 491f0000 00000000",
  "f1 00 feffffffffffffff 00000000", // xml
  "f0 0000 0000 0000", // CLR
  "f3 00 00 00 ffff 00 00", // table-valued
].map(hex);

const named = (name: string, value: Buffer, flags = 0): Buffer =>
  Buffer.concat([Buffer.from([name.length]), utf16(name), Buffer.from([flags]), value]);

const texts = [
  "select 1",
  "select @@version, name, database_id from sys.databases order by name",
  "select top 3 name, type_desc, create_date from sys.server_principals where name like N's%'",
  "create table #t (id int identity primary key, v nvarchar(20) default N'x') insert #t default values select * from #t",
  "begin tran select @@trancount rollback",
  "declare @i int = 0 if @i < 5 set @i += 1 select @i, convert(varchar(30), getdate(), 121)",
  "begin try select 1/0 end try begin catch select error_message() end catch",
  "raiserror('%d %s', 11, 2, 5, N'x') print N'printed'",
  "select cast(1 as sql_variant), cast(0x0102 as varbinary(max)), newid(), cast('2026-11-25' as datetime2(3)), 1.50",
  "set nocount on set xact_abort on exec sp_executesql N'select @a', N'@a int', @a = 7",
];

function calls(): Buffer[] {
  const selects = typed.map((value) =>
    call(
      10,
      text("select @a a, @b b"),
      text("@a sql_variant, @b nvarchar(30)"),
      named("@a", value),
      named("@b", value),
    ),
  );
  const outputs = typed.map((value) =>
    call(10, text("select @a"), text("@a nvarchar(max) output"), named("@a", value, 1)),
  );
  const handle = hex("0001260400");
  const byName = (name: string, ...parameters: Buffer[]): Buffer =>
    Buffer.concat([call(0).subarray(0, 22), Buffer.from([name.length, 0]), utf16(name), hex("0000"), ...parameters]);
  return [
    ...selects,
    ...outputs,
    call(11, handle, text("@a int"), text("select @a"), hex("000026040401000000")),
    call(12, hex("000026040401000000"), hex("000026040407000000")),
    call(13, handle, text("@a int"), text("select @a"), hex("000026040407000000")),
    call(15, hex("000026040401000000")),
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 14].map((procedure) =>
      call(procedure, handle, text("select 1"), hex("000026040401000000")),
    ),
    byName("sp_executesql", text("select 1")),
    byName("sp_who"),
    byName("xp_readerrorlog", hex("000026040400000000")),
    byName("sys.sp_databases"),
    byName("nobody", text("x")),
    Buffer.concat([
      call(10, text("select 1")),
      hex("ff"),
      call(10, text("select 2")).subarray(22),
      hex("fe"),
      call(10, text("select 3")).subarray(22),
    ]),
  ];
}

const transactions = [
  transaction(0, hex("0000")),
  transaction(1, hex("04 01020304")),
  transaction(5, hex("02 00")),
  transaction(5, hex("05 04 61006200")),
  transaction(6, Buffer.alloc(0)),
  transaction(7, hex("00 00")),
  transaction(7, hex("00 01 02 00")),
  transaction(8, hex("00 00")),
  transaction(8, hex("04 61006200 00")),
  transaction(9, hex("04 61006200")),
];

type Message = readonly [type: number, payload: Buffer];

/** The messages that a client may send in a session, of every kind, and some that it may not. */
const requests: readonly Message[] = [
  ...Array.from({ length: 12 }, () => texts)
    .flat()
    .map((each): Message => [0x01, batch(each)]),
  ...calls().map((each): Message => [0x03, each]),
  ...transactions.map((each): Message => [0x0e, each]),
  [0x06, Buffer.alloc(0)],
  [0x07, hex("81 0100 00000000 0900 2604 01 6100 d1 04 01000000 fd 0000 0000 0000000000000000")], // bulk load
  [0x11, Buffer.from("NTLMSSP\0\x01\0\0\0")],
  [0x08, hex("0c000000 08000000 6100620063006400")], // FEDAUTH token
  [0x02, Buffer.alloc(20)],
  [0x12, prelogin(2)],
];

const features = hex("0a 01000000 01 02 05000000 0102030405 04 01000000 01 ff");
const logins = (password: string): readonly Buffer[] => [
  login7({ user: "sa", password }),
  login7({ user: "sa", password, features }),
  login7({ user: "sa", password, packetSize: 512, database: "db1" }),
  login7({ user: "sa", password: "wrong", newPassword: "other" }),
  login7({ user: "nobody", integrated: true, tdsVersion: 0x730b0003 }),
];
const prelogins = [0, 1, 2, 3].flatMap((encryption) => [prelogin(encryption), prelogin(encryption, [2, 3, 4, 5, 6])]);

export const mutatedRequest = (random: Random): Buffer => mutated(requests, random);
export const mutatedPrelogin = (random: Random): Buffer =>
  mutated(
    prelogins.map((each): Message => [0x12, each]),
    random,
  );

export function mutatedLogin(password: string, random: Random): Buffer {
  return mutated(
    logins(password).map((each): Message => [0x10, each]),
    random,
  );
}

type Mutation = (message: Message, random: Random, all: readonly Message[]) => Buffer;

const headersLength = 22;

/** Changes the content and leaves the frame right: most sessions survive that, so that their next messages count too. */
const contentChanged: Mutation = ([type, payload], random) => {
  const [headers, content] = [payload.subarray(0, headersLength), payload.subarray(headersLength)];
  if (type === 0x01) {
    const text = mutateText(content.toString("utf16le"), splinters, texts, random);
    return packet(type, Buffer.concat([headers, utf16(text.slice(0, 16_000))]));
  }
  const changed = Buffer.from(content);
  const end = changed.length;
  for (let count = 1 + random(3); count > 0 && end > 0; count--) {
    // The values are at the end.
    const at = random(2) === 0 ? random(end) : Math.max(0, end - 1 - random(12));
    changed[at] = random(2) === 0 ? random(256) : (changed[at] ?? 0) ^ (1 << random(8));
  }
  return packet(type, Buffer.concat([headers, changed]));
};
const splinters = [
  "'",
  "(",
  ")",
  "[",
  "]",
  "@",
  "#",
  "--",
  "/*",
  " select ",
  " 0x",
  "1e308",
  "\0",
  "\ud83d",
  "%",
  " null ",
];

const mutations: readonly Mutation[] = [
  ...Array.from({ length: 20 }, () => contentChanged),
  ([type, payload], random) => packet(type, mutateBytes(payload, random)),
  ([type, payload], random) => mutateBytes(packet(type, payload), random),
  ([type, payload], random) => {
    const bytes = packet(type, payload);
    bytes.writeUInt8(random(256), random(8));
    return bytes;
  },
  ([type, payload], random) => {
    const bytes = packet(type, payload, oneOf([0, 1, 2, 3, 8, 9, 0x10, 0x11, 0x19, 0xff], random));
    bytes.writeUInt16BE(Math.max(0, bytes.length + random(40) - 20), 2);
    return bytes;
  },
  ([type, payload], random) => packet(type, payload.subarray(0, random(payload.length + 1))),
  ([type, payload], random, all) => {
    const [, other] = oneOf(all, random);
    return packet(
      type,
      Buffer.concat([payload.subarray(0, random(payload.length + 1)), other.subarray(random(other.length + 1))]),
    );
  },
  ([type, payload], random, all) => {
    const [otherType, other] = oneOf(all, random);
    return Buffer.concat([packet(type, payload), packet(otherType, mutateBytes(other, random))]);
  },
  ([type, payload], random) => {
    const parts: Buffer[] = [];
    const size = 1 + random(payload.length);
    for (let at = 0; at < payload.length; at += size) {
      const last = at + size >= payload.length;
      const part = payload.subarray(at, at + size);
      parts.push(packet(type, random(6) === 0 ? mutateBytes(part, random) : part, last || random(40) === 0 ? 1 : 0));
    }
    return Buffer.concat(parts);
  },
  ([type, payload], random) =>
    packet(type, Buffer.concat(Array.from({ length: 1 + random(40) }, () => payload)).subarray(0, 32_000)),
  ([type, payload], random) => {
    const attention = packet(0x06, Buffer.alloc(0), random(2));
    return Buffer.concat([packet(type, payload), ...Array.from({ length: 1 + random(20) }, () => attention)]);
  },
  ([, payload], random) => packet(random(256), payload),
  // SMP: SYN, DATA and nonsense of a multiplexed session that was never agreed upon.
  (message, random) =>
    Buffer.concat([Buffer.from([0x53, random(16), 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]), packet(...message)]),
];

function mutated(messages: readonly Message[], random: Random): Buffer {
  return oneOf(mutations, random)(oneOf(messages, random), random, messages);
}

const known: ReadonlySet<number> = new Set([0x01, 0x03, 0x06, 0x07, 0x08, 0x0e, 0x10, 0x11, 0x12]);
const attention = 0x06;

/**
 * How many messages these bytes are, and what makes them whole where they end in the middle of one: the rest of its
 * packet, and an attention, which takes back what has only begun. Infinity where the connection has to end over them.
 */
export function completed(bytes: Buffer): { readonly whole: Buffer; readonly messages: number } {
  let whole = bytes;
  let messages = 0;
  let isOpen = false;
  for (let at = 0; at < whole.length; ) {
    const type = whole[at] ?? 0;
    if (!known.has(type)) return { whole, messages: Number.POSITIVE_INFINITY };
    if (whole.length - at < 8)
      whole = Buffer.concat([whole, packet(type, Buffer.alloc(0)).subarray(whole.length - at)]);
    const length = whole.readUInt16BE(at + 2);
    if (length < 8 || length > 32767) return { whole, messages: Number.POSITIVE_INFINITY };
    if (at + length > whole.length) whole = Buffer.concat([whole, Buffer.alloc(at + length - whole.length)]);
    const isLast = type === attention || ((whole[at + 1] ?? 0) & 1) === 1;
    if (isLast) messages++;
    isOpen = !isLast;
    at += length;
  }
  if (!isOpen) return { whole, messages };
  return { whole: Buffer.concat([whole, packet(attention, Buffer.alloc(0))]), messages: messages + 1 };
}
