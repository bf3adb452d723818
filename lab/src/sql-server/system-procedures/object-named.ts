/** How the procedures about one object begin: @id is the object that @objname names; 15009 where there is none. */
export const objectNamed = `DECLARE @id int = OBJECT_ID(@objname), @database sysname = DB_NAME()
  IF @id IS NULL
  BEGIN
    RAISERROR(15009, -1, -1, @objname, @database)
    RETURN 1
  END`;
