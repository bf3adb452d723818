export interface Setting {
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly isDynamic: number;
  readonly isAdvanced: number;
}

const setting = (
  id: number,
  name: string,
  value: number,
  minimum: number,
  maximum: number,
  isDynamic: number,
  isAdvanced: number,
): Setting => ({ id, name, value, minimum, maximum, isDynamic, isAdvanced });

/** "Server configuration options", with the values of a fresh instance. Nothing changes them here. */
export const settings: readonly Setting[] = [
  setting(101, "recovery interval (min)", 0, 0, 32767, 1, 1),
  setting(102, "allow updates", 0, 0, 1, 1, 0),
  setting(103, "user connections", 0, 0, 32767, 0, 1),
  setting(106, "locks", 0, 5000, 2147483647, 0, 1),
  setting(107, "open objects", 0, 0, 2147483647, 0, 1),
  setting(109, "fill factor (%)", 0, 0, 100, 0, 1),
  setting(114, "disallow results from triggers", 0, 0, 1, 1, 1),
  setting(115, "nested triggers", 1, 0, 1, 1, 0),
  setting(116, "server trigger recursion", 1, 0, 1, 1, 0),
  setting(117, "remote access", 1, 0, 1, 0, 0),
  setting(124, "default language", 0, 0, 9999, 1, 0),
  setting(400, "cross db ownership chaining", 0, 0, 1, 1, 0),
  setting(503, "max worker threads", 0, 128, 65535, 1, 1),
  setting(505, "network packet size (B)", 4096, 512, 32767, 1, 1),
  setting(518, "show advanced options", 0, 0, 1, 1, 0),
  setting(542, "remote proc trans", 0, 0, 1, 1, 0),
  setting(544, "c2 audit mode", 0, 0, 1, 0, 1),
  setting(1126, "default full-text language", 1033, 0, 2147483647, 1, 1),
  setting(1127, "two digit year cutoff", 2049, 1753, 9999, 1, 1),
  setting(1505, "index create memory (KB)", 0, 704, 2147483647, 1, 1),
  setting(1517, "priority boost", 0, 0, 1, 0, 1),
  setting(1519, "remote login timeout (s)", 10, 0, 2147483647, 1, 0),
  setting(1520, "remote query timeout (s)", 600, 0, 2147483647, 1, 0),
  setting(1531, "cursor threshold", -1, -1, 2147483647, 1, 1),
  setting(1532, "set working set size", 0, 0, 1, 0, 1),
  setting(1534, "user options", 0, 0, 32767, 1, 0),
  setting(1535, "affinity mask", 0, -2147483648, 2147483647, 1, 1),
  setting(1536, "max text repl size (B)", 65536, -1, 2147483647, 1, 0),
  setting(1537, "media retention", 0, 0, 365, 1, 1),
  setting(1538, "cost threshold for parallelism", 5, 0, 32767, 1, 1),
  setting(1539, "max degree of parallelism", 0, 0, 32767, 1, 1),
  setting(1540, "min memory per query (KB)", 1024, 512, 2147483647, 1, 1),
  setting(1541, "query wait (s)", -1, -1, 2147483647, 1, 1),
  setting(1543, "min server memory (MB)", 0, 0, 2147483647, 1, 1),
  setting(1544, "max server memory (MB)", 2147483647, 128, 2147483647, 1, 1),
  setting(1545, "query governor cost limit", 0, 0, 2147483647, 1, 1),
  setting(1546, "lightweight pooling", 0, 0, 1, 0, 1),
  setting(1547, "scan for startup procs", 0, 0, 1, 0, 1),
  setting(1549, "affinity64 mask", 0, -2147483648, 2147483647, 1, 1),
  setting(1555, "transform noise words", 0, 0, 1, 1, 1),
  setting(1562, "clr enabled", 0, 0, 1, 1, 0),
  setting(1568, "default trace enabled", 1, 0, 1, 1, 1),
  setting(1569, "blocked process threshold (s)", 0, 0, 86400, 1, 1),
  setting(1570, "in-doubt xact resolution", 0, 0, 2, 1, 1),
  setting(1576, "remote admin connections", 0, 0, 1, 1, 0),
  setting(1579, "backup compression default", 0, 0, 1, 1, 0),
  setting(1580, "filestream access level", 0, 0, 2, 1, 0),
  setting(1581, "optimize for ad hoc workloads", 0, 0, 1, 1, 1),
  setting(1582, "access check cache bucket count", 0, 0, 65536, 1, 1),
  setting(1583, "access check cache quota", 0, 0, 2147483647, 1, 1),
  setting(1584, "backup checksum default", 0, 0, 1, 1, 0),
  setting(16384, "Agent XPs", 0, 0, 1, 1, 1),
  setting(16386, "Database Mail XPs", 0, 0, 1, 1, 1),
  setting(16387, "SMO and DMO XPs", 1, 0, 1, 1, 1),
  setting(16388, "Ole Automation Procedures", 0, 0, 1, 1, 1),
  setting(16390, "xp_cmdshell", 0, 0, 1, 1, 1),
  setting(16391, "Ad Hoc Distributed Queries", 0, 0, 1, 1, 1),
  setting(16392, "Replication XPs", 0, 0, 1, 1, 1),
  setting(16393, "contained database authentication", 0, 0, 1, 1, 0),
];
