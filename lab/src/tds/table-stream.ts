import type { PassedTable } from "../tsql/data/passed-table";
import { sqlError } from "../tsql/messages";
import type { Column, SqlValue } from "../tsql/types";
import { type ByteReader, ProtocolError } from "./bytes";
import { type Incoming, readTypeInfo, UnsupportedType } from "./decode";
import { isInstance } from "./instances";

const token = { columnMetadata: 0x81, row: 0xd1, nbcRow: 0xd2, done: 0xfd } as const;

interface IncomingColumn extends Incoming {
  readonly name: string;
}

/** MS-TDS 2.2.6.1: what a client sends after INSERT BULK, as the server sends a result set. Throws 4816. */
export function readBulkLoad(reader: ByteReader): PassedTable {
  if (reader.uint8() !== token.columnMetadata) throw new ProtocolError("a bulk load begins with its columns");
  const columns = readColumns(reader, reader.uint16(), (_, ordinal) => sqlError(4816, ordinal));
  const rows: SqlValue[][] = [];
  for (;;) {
    const kind = reader.remaining > 0 ? reader.uint8() : token.done;
    if (kind === token.done) return { columns: columns.map(columnOf), rows };
    if (kind === token.row) rows.push(readRow(reader, columns));
    else if (kind === token.nbcRow) rows.push(readNbcRow(reader, columns));
    else throw new ProtocolError(`a bulk load with token 0x${kind.toString(16)}`);
  }
}

function readColumns(
  reader: ByteReader,
  count: number,
  refusal = (unsupported: UnsupportedType, _ordinal: number): Error => unsupported,
): IncomingColumn[] {
  return Array.from({ length: count }, (_, at) => {
    reader.uint32();
    reader.uint16();
    try {
      const incoming = readTypeInfo(reader, true);
      return { ...incoming, name: reader.shortText() };
    } catch (error) {
      throw error instanceof UnsupportedType ? refusal(error, at + 1) : error;
    }
  });
}

const columnOf = ({ name, type }: IncomingColumn): Column => ({ name, type, nullable: true });

/** One bit for each column says which of them are NULL. */
function readNbcRow(reader: ByteReader, columns: readonly IncomingColumn[]): SqlValue[] {
  const nulls = reader.bytes(Math.ceil(columns.length / 8));
  return columns.map((column, at) => (((nulls[at >> 3] ?? 0) >> (at & 7)) & 1 ? null : readCell(reader, column)));
}

function readRow(reader: ByteReader, columns: readonly IncomingColumn[]): SqlValue[] {
  if (columns.length === 0) throw new ProtocolError("a row without columns");
  return columns.map((column) => readCell(reader, column));
}

function readCell(reader: ByteReader, { type, read }: IncomingColumn): SqlValue {
  const value = read(reader);
  if (!isInstance({ type, value })) throw new ProtocolError(`a value that no ${type.name} has`);
  return value;
}

export const tableValueType = 0xf3;
const noColumns = 0xffff;
const tableToken = { end: 0, row: 1, orderUnique: 0x10, columnOrdering: 0x11 } as const;

/** MS-TDS 2.2.5.5.5: a table-valued parameter, its type's name first. */
export function readTableValue(reader: ByteReader): PassedTable {
  if (reader.uint8() !== tableValueType) throw new UnsupportedType(tableValueType);
  const database = reader.shortText();
  const schema = reader.shortText();
  const name = reader.shortText();
  const typeName = { database: database || undefined, schema: schema || undefined, name };
  const count = reader.uint16();
  const columns = count === noColumns ? [] : readColumns(reader, count);
  for (;;) {
    const kind = reader.uint8();
    if (kind === tableToken.end) break;
    if (kind === tableToken.orderUnique) reader.bytes(reader.uint16() * 3);
    else if (kind === tableToken.columnOrdering) reader.bytes(reader.uint16() * 2);
    else throw new ProtocolError(`a table-valued parameter with 0x${kind.toString(16)} before its rows`);
  }
  const rows: SqlValue[][] = [];
  for (;;) {
    const kind = reader.uint8();
    if (kind === tableToken.end) return { typeName, columns: columns.map(columnOf), rows };
    if (kind !== tableToken.row)
      throw new ProtocolError(`a table-valued parameter with 0x${kind.toString(16)} for a row`);
    rows.push(readRow(reader, columns));
  }
}
