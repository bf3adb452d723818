/** What a link and its groups are called; the names are those of ManagedInstanceLink's arguments, and so are the defaults. */
export interface LinkNames {
  /** The database on SQL Server. */
  readonly databaseName: string;
  /** Of the link in Azure, and of the distributed availability group. @default `DAG_<databaseName>` */
  readonly linkName?: string;
  /** Of the availability group on SQL Server. @default `AG_<databaseName>` */
  readonly groupName?: string;
  /** Of the availability group on the managed instance. @default `AG_<databaseName>_MI` */
  readonly instanceGroupName?: string;
}

export const complete = ({ databaseName, ...given }: LinkNames): Required<LinkNames> => ({
  databaseName,
  linkName: given.linkName ?? `DAG_${databaseName}`,
  groupName: given.groupName ?? `AG_${databaseName}`,
  instanceGroupName: given.instanceGroupName ?? `AG_${databaseName}_MI`,
});
