import assert from "node:assert/strict";
import sql, { type ConnectionPool, type ISqlType } from "mssql";
import { ByteReader, ByteWriter } from "#lab/tds/bytes";
import { readTyped } from "#lab/tds/decode";
import { writeTypeInfo, writeValue } from "#lab/tds/encode";
import { wire } from "#lab/tds/wire-types";
import type { SqlType, SqlValue, Typed } from "#lab/tsql/types";
import { moment } from "#lab/tsql/values/moment";
import { connect, select, startServer, type TestServer } from "./backend";

/** A type, a value as the lab has it, and the same value as mssql gives it. */
type Sample = readonly [type: SqlType, value: SqlValue, seen: unknown];

const at = (text: string): Date => new Date(`${text}Z`);
const guid = "6BC05A51-0C9B-4B57-9A2F-0123456789AB";
const bytes = Buffer.from("00ff10", "hex");

const scalar: readonly Sample[] = [
  [{ name: "bit" }, 1, true],
  [{ name: "bit" }, 0, false],
  [{ name: "tinyint" }, 255, 255],
  [{ name: "smallint" }, -32768, -32768],
  [{ name: "int" }, -2147483648, -2147483648],
  [{ name: "bigint" }, -9223372036854775808n, "-9223372036854775808"],
  [{ name: "real" }, 0.5, 0.5],
  [{ name: "float" }, 1 / 3, 1 / 3],
  [{ name: "decimal", precision: 9, scale: 2 }, -123456789n, -1234567.89],
  [{ name: "decimal", precision: 19, scale: 0 }, 9007199254740991n, 9007199254740991],
  [{ name: "numeric", precision: 25, scale: 0 }, 43000000152000000n, 43000000152000000],
  [{ name: "numeric", precision: 38, scale: 4 }, 10n ** 20n, 1e16],
  [{ name: "char", length: 4 }, "NA", "NA  "],
  [{ name: "varchar", length: 20 }, "\u20ac 5 \u2013 caf\u00e9", "\u20ac 5 \u2013 caf\u00e9"],
  [{ name: "varchar", length: 20 }, "", ""],
  [{ name: "varchar", length: "max" }, "x".repeat(9000), "x".repeat(9000)],
  [{ name: "nchar", length: 3 }, "\u0394", "\u0394  "],
  [{ name: "nvarchar", length: 128 }, "\u0394 \u{1f600}", "\u0394 \u{1f600}"],
  [{ name: "nvarchar", length: 4000 }, "y".repeat(4000), "y".repeat(4000)],
  [{ name: "nvarchar", length: "max" }, "", ""],
  [{ name: "nvarchar", length: "max" }, "\u0394".repeat(70_000), "\u0394".repeat(70_000)],
  [{ name: "binary", length: 5 }, bytes, Buffer.from("00ff100000", "hex")],
  [{ name: "varbinary", length: 85 }, bytes, bytes],
  [{ name: "varbinary", length: "max" }, Buffer.alloc(20_000, 7), Buffer.alloc(20_000, 7)],
  [{ name: "uniqueidentifier" }, guid, guid],
  [{ name: "date" }, at("0001-01-01T00:00"), at("0001-01-01T00:00")],
  [{ name: "date" }, at("9999-12-31T00:00"), at("9999-12-31T00:00")],
  [{ name: "datetime" }, at("1753-01-01T00:00"), at("1753-01-01T00:00")],
  [{ name: "datetime" }, at("2026-11-23T02:10:59.997"), at("2026-11-23T02:10:59.997")],
  [{ name: "datetime" }, at("2026-12-31T23:59:59.999"), at("2027-01-01T00:00")],
  [{ name: "smalldatetime" }, at("2026-11-23T23:59:30"), at("2026-11-24T00:00")],
  [{ name: "time", scale: 7 }, at("1970-01-01T23:59:59.999"), at("1970-01-01T23:59:59.999")],
  [{ name: "time", scale: 0 }, at("1970-01-01T23:59:59"), at("1970-01-01T23:59:59")],
  [{ name: "datetime2", scale: 3 }, at("0001-01-01T00:00:00.001"), at("0001-01-01T00:00:00.001")],
  [{ name: "datetime2", scale: 7 }, at("9999-12-31T23:59:59.999"), at("9999-12-31T23:59:59.999")],
  [{ name: "datetimeoffset", scale: 7 }, at("2026-11-23T02:10:59.123"), at("2026-11-23T02:10:59.123")],
  [
    { name: "datetimeoffset", scale: 7 },
    moment(Date.UTC(2026, 10, 23, 2, 10, 59, 123), 4567, 120),
    at("2026-11-23T00:10:59.123"),
  ],
  [{ name: "money", precision: 19, scale: 4 }, -9_007_199_254_741n, -900719925.4741],
  [{ name: "smallmoney", precision: 10, scale: 4 }, 2_147_483_647n, 214748.3647],
];
/** These types cannot be in a sql_variant. */
const neverInVariant: readonly Sample[] = [
  [{ name: "text", length: "max" }, "caf\u00e9", "caf\u00e9"],
  [{ name: "ntext", length: "max" }, "\u0394", "\u0394"],
  [{ name: "image", length: "max" }, bytes, bytes],
  [{ name: "timestamp", length: 8 }, Buffer.from("00000000000007d1", "hex"), Buffer.from("00000000000007d1", "hex")],
];

const inVariant: readonly Sample[] = scalar
  .filter(([type]) => !("length" in type) || type.length !== "max")
  .map(([type, value, seen]) => [{ name: "sql_variant" }, { type, value }, seen]);

// The driver looks for a variant's collation in the wrong place, so that only ASCII survives in a varchar there.
const variantSamples = inVariant.filter(([, , seen]) => typeof seen !== "string" || !seen.includes("\u20ac"));
const samples: readonly Sample[] = [...scalar, ...variantSamples, ...neverInVariant];
const label = ([type, value]: Sample): string =>
  JSON.stringify(value !== null && typeof value === "object" && "type" in value ? { variant: value.type } : type);

/** Writes a value as the server does, and reads it as a parameter. */
function roundTrip(type: SqlType, value: SqlValue): Typed {
  const writer = new ByteWriter();
  writeTypeInfo(writer, type);
  writeValue(writer, type, value);
  const reader = new ByteReader(writer.take());
  const read = readTyped(reader);
  assert.equal(reader.remaining, 0);
  return read;
}

describe("the types of results", () => {
  let server: TestServer;
  let pool: ConnectionPool;
  before(async () => {
    server = await startServer();
    pool = await connect(server.config());
  });
  after(async () => {
    await pool.close();
    await server.listener.close();
  });

  for (const sample of samples) {
    it(`reaches mssql unchanged: ${label(sample)}`, async () => {
      const [type, value, seen] = sample;
      server.answer = ({ sink }) => {
        sink.columns([
          { name: "before", type: { name: "int" }, nullable: false },
          { name: "it", type, nullable: true },
          { name: "after", type: { name: "int" }, nullable: false },
        ]);
        sink.row([1, value, 2]);
        sink.row([3, null, 4]);
        sink.statementEnd({ rowCount: 2, isSelect: true, failed: false });
      };
      const { recordset } = await pool.request().batch("select");
      assert.deepEqual(
        recordset.map((row: object) => ({ ...row })),
        [
          { before: 1, it: seen, after: 2 },
          { before: 3, it: null, after: 4 },
        ],
      );
    });
  }

  it("reach mssql in one wide row, with every pattern of NULLs around them", async () => {
    const columns = samples.map(([type], index) => ({ name: `c${index}`, type, nullable: true }));
    const patterns = [1, 2, 3, 5, 8, 1000].map((step) => samples.map((_, index) => index % step === 0));
    server.answer = ({ sink }) => {
      sink.columns(columns);
      for (const nulls of patterns) sink.row(samples.map(([, value], index) => (nulls[index] ? null : value)));
      sink.statementEnd({ rowCount: patterns.length, isSelect: true, failed: false });
    };
    const { recordset } = await pool.request().batch("select");
    assert.deepEqual(
      recordset.map((row: Record<string, unknown>) => Object.values(row)),
      patterns.map((nulls) => samples.map(([, , seen], index) => (nulls[index] ? null : seen))),
    );
  });

  it("keep their description: lengths, precision, nullability and names", async () => {
    server.answer = ({ sink }) =>
      select(
        sink,
        ["n", 1n, Buffer.alloc(1)],
        [
          { name: "name", type: { name: "nvarchar", length: 128 }, nullable: false },
          { name: "lsn", type: { name: "numeric", precision: 25, scale: 3 }, nullable: true },
          { name: "long", type: { name: "varbinary", length: "max" }, nullable: true },
        ],
      );
    const { recordset } = await pool.request().batch("select");
    const { name, lsn, long } = recordset.columns;
    assert.deepEqual([name?.length, name?.nullable], [256, false]);
    assert.deepEqual([lsn?.precision, lsn?.scale, lsn?.nullable], [25, 3, true]);
    assert.equal(long?.length, 65535);
  });

  it("turn what code page 1252 does not have into question marks", async () => {
    server.answer = ({ sink }) =>
      select(sink, ["\u0394\u20ac"], [{ name: "it", type: { name: "varchar", length: 10 }, nullable: true }]);
    assert.equal((await pool.request().batch("select")).recordset[0].it, "?\u20ac");
  });

  it("send money with its high half first, and text behind a pointer", () => {
    const written = (type: SqlType, value: SqlValue): string => {
      const writer = new ByteWriter();
      writeTypeInfo(writer, type);
      writeValue(writer, type, value);
      return writer.take().toString("hex");
    };
    assert.equal(written({ name: "money", precision: 19, scale: 4 }, 0x1_0000_0002n), "6e08080100000002000000");
    assert.equal(written({ name: "smallmoney", precision: 10, scale: 4 }, -1n), "6e0404ffffffff");
    assert.match(written({ name: "ntext", length: "max" }, "a"), /^63feffff7f0904d0003410(..){16}(..){8}020000006100$/);
    assert.equal(written({ name: "image", length: "max" }, null), "22ffffff7f00");
  });

  it("read a decimal in as few bytes as the client could do with", () => {
    const decimalOf = (...bytes: readonly number[]) =>
      readTyped(new ByteReader(Buffer.from([wire.decimalN, 17, 38, 2, bytes.length, ...bytes]))).value;
    assert.equal(decimalOf(1, 0x3a, 0x01), 314n);
    assert.equal(decimalOf(0, 0x05), -5n);
  });

  it("send a decimal digit by digit, where the client's number would lose some", () => {
    const writer = new ByteWriter();
    writeValue(writer, { name: "numeric", precision: 25, scale: 0 }, 43000000152000001n);
    assert.equal(writer.take().toString("hex"), "0d0101d666b645c4980000000000");
    for (const value of [10n ** 38n - 1n, -(10n ** 38n) + 1n]) {
      assert.equal(roundTrip({ name: "decimal", precision: 38, scale: 0 }, value).value, value);
    }
  });
});

describe("the types of parameters", () => {
  let server: TestServer;
  let pool: ConnectionPool;
  before(async () => {
    server = await startServer();
    pool = await connect(server.config());
  });
  after(async () => {
    await pool.close();
    await server.listener.close();
  });

  const parameters: readonly (readonly [ISqlType | (() => ISqlType), unknown, SqlType, SqlValue])[] = [
    [sql.Bit, true, { name: "bit" }, 1],
    [sql.TinyInt, 200, { name: "tinyint" }, 200],
    [sql.SmallInt, -5, { name: "smallint" }, -5],
    [sql.Int, -70000, { name: "int" }, -70000],
    [sql.BigInt, "9223372036854775807", { name: "bigint" }, 9223372036854775807n],
    [sql.Real, 0.25, { name: "real" }, 0.25],
    [sql.Float, 1 / 3, { name: "float" }, 1 / 3],
    [sql.Decimal(18, 4), -12.5, { name: "decimal", precision: 18, scale: 4 }, -125000n],
    [sql.Numeric(30, 2), 1234567.25, { name: "numeric", precision: 30, scale: 2 }, 123456725n],
    [sql.Money, 12.5, { name: "money", precision: 19, scale: 4 }, 125000n],
    [sql.SmallMoney, -1.25, { name: "smallmoney", precision: 10, scale: 4 }, -12500n],
    [sql.Char(4), "ab", { name: "char", length: 4 }, "ab"],
    [sql.VarChar(10), "caf\u00e9 \u20ac", { name: "varchar", length: 10 }, "caf\u00e9 \u20ac"],
    [sql.VarChar(sql.MAX), "long", { name: "varchar", length: "max" }, "long"],
    [sql.NChar(3), "\u0394", { name: "nchar", length: 3 }, "\u0394"],
    [sql.NVarChar(10), "\u0394\u{1f600}", { name: "nvarchar", length: 10 }, "\u0394\u{1f600}"],
    [sql.NVarChar(sql.MAX), "z".repeat(50_000), { name: "nvarchar", length: "max" }, "z".repeat(50_000)],
    [sql.Text, "caf\u00e9", { name: "text", length: "max" }, "caf\u00e9"],
    [sql.NText, "\u0394", { name: "nvarchar", length: 1 }, "\u0394"],
    [sql.Binary, bytes, { name: "binary", length: 3 }, bytes],
    [sql.VarBinary(8), bytes, { name: "varbinary", length: 8 }, bytes],
    [sql.VarBinary(sql.MAX), bytes, { name: "varbinary", length: "max" }, bytes],
    [sql.Image, bytes, { name: "image", length: "max" }, bytes],
    [sql.UniqueIdentifier, guid, { name: "uniqueidentifier" }, guid],
    [sql.Date, at("2026-11-23T00:00"), { name: "date" }, at("2026-11-23T00:00")],
    [sql.Time(3), at("1970-01-01T12:34:56.789"), { name: "time", scale: 3 }, at("1970-01-01T12:34:56.789")],
    [sql.DateTime, at("2026-11-23T12:34:56.797"), { name: "datetime" }, at("2026-11-23T12:34:56.797")],
    [sql.DateTime2(7), at("1066-10-14T09:00:00.001"), { name: "datetime2", scale: 7 }, at("1066-10-14T09:00:00.001")],
    [
      sql.DateTimeOffset(7),
      at("2026-11-23T12:34:56.789"),
      { name: "datetimeoffset", scale: 7 },
      at("2026-11-23T12:34:56.789"),
    ],
    [sql.SmallDateTime, at("2026-11-23T12:34"), { name: "smalldatetime" }, at("2026-11-23T12:34")],
  ];
  for (const [type, value, expected, decoded] of parameters) {
    it(`are read as the client meant them: ${JSON.stringify(expected)}`, async () => {
      const seen: Typed[] = [];
      server.answer = ({ rpc }) => {
        seen.push(...(rpc?.request.parameters.slice(2) ?? []));
      };
      await pool
        .request()
        .input("value", type as ISqlType, value)
        .input("nothing", type, null)
        .query("select");
      const [first, second] = seen as [Typed, Typed];
      assert.deepEqual([first.value, second.value], [decoded, null]);
      assert.equal(first.type.name, expected.name);
      if (expected.name !== "binary" && !("length" in expected && expected.length !== "max"))
        assert.deepEqual(first.type, expected);
      const names = seen.map((parameter) => (parameter as { name?: string }).name);
      assert.deepEqual(names, ["value", "nothing"]);
    });
  }

  it("are read in UTF-8 where their collation says so", () => {
    const utf8 = Buffer.concat([Buffer.from("a710000904000434", "hex"), Buffer.from([5, 0]), Buffer.from("caf\u00e9")]);
    assert.equal(readTyped(new ByteReader(utf8)).value, "caf\u00e9");
  });

  it("are read back as they were written, for every type of results", () => {
    for (const [type, value] of [...scalar, ...variantSamples]) {
      if (type.name === "datetime" || type.name === "smalldatetime") continue;
      if (type.name === "sql_variant" || type.name === "char" || type.name === "nchar" || type.name === "binary")
        continue;
      assert.deepEqual(roundTrip(type, value), { type, value }, JSON.stringify(type));
      assert.deepEqual(roundTrip(type, null), { type, value: null }, JSON.stringify(type));
    }
    const nothing = { type: { name: "int" }, value: null } as const;
    assert.equal(roundTrip({ name: "sql_variant" }, nothing).value, null);
    for (const [, value] of inVariant) {
      const { type, value: inner } = value as { type: SqlType; value: SqlValue };
      if (["char", "nchar", "binary", "datetime", "smalldatetime"].includes(type.name)) continue;
      assert.deepEqual(roundTrip({ name: "sql_variant" }, value).value, { type, value: inner });
    }
  });
});
