/** An endpoint that sys.endpoints of a fresh instance shows. */
export interface BuiltInEndpoint {
  readonly name: string;
  readonly id: number;
  readonly protocol: number;
  readonly protocolName: string;
  readonly isAdmin: boolean;
}

export const builtInEndpoints: readonly BuiltInEndpoint[] = [
  { name: "Dedicated Admin Connection", id: 1, protocol: 2, protocolName: "TCP", isAdmin: true },
  { name: "TSQL Local Machine", id: 2, protocol: 4, protocolName: "SHARED_MEMORY", isAdmin: false },
  { name: "TSQL Named Pipes", id: 3, protocol: 3, protocolName: "NAMED_PIPES", isAdmin: false },
  { name: "TSQL Default TCP", id: 4, protocol: 2, protocolName: "TCP", isAdmin: false },
  { name: "TSQL Default VIA", id: 5, protocol: 5, protocolName: "VIA", isAdmin: false },
];
