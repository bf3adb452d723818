/** As little as a TDS client can talk to: a socket that answers each message with the same bytes, written from MS-TDS. */
import { type AddressInfo, createServer } from "node:net";
import { packet } from "#lab-tests/tds/raw-client";

const type = { response: 0x04, login7: 0x10, prelogin: 0x12 } as const;
const endOfMessage = 1;

/** VERSION 16.0, ENCRYPTION not supported. */
const prelogin = Buffer.from("00000b00060100110001ff10000000000002", "hex");
/** DONE, final, one row. */
const done = Buffer.from("fd1000c1000100000000000000", "hex");
/** One column INTN(4) without a name, one row of it: 1. */
const row = Buffer.from("810100000000000000260400d10401000000", "hex");

const answers: Readonly<Record<number, Buffer>> = {
  [type.prelogin]: packet(type.response, prelogin),
  [type.login7]: packet(type.response, done),
};
const oneRow = packet(type.response, Buffer.concat([row, done]));

/** Every message of the load is one packet in one piece. */
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    if ((bytes.readUInt8(1) & endOfMessage) !== 0) socket.write(answers[bytes.readUInt8(0)] ?? oneRow);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ host: "127.0.0.1", port, user: "sa", password: "" });
});
