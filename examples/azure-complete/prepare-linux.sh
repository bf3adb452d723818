# Always On and the two trace flags of the documentation; SQL Server is restarted only where one of them was missing.
set -e
if sudo cat /var/opt/mssql/mssql.conf | tr -d ' ' | grep -cE '^(hadrenabled=1|traceflag[0-9]+=(1800|9567))$' | grep -qx 3; then
  echo "Always On and the trace flags 1800 and 9567 were on already"
else
  sudo /opt/mssql/bin/mssql-conf set hadr.hadrenabled 1
  sudo /opt/mssql/bin/mssql-conf traceflag 1800 9567 on
  sudo systemctl restart mssql-server
  echo "Always On and the trace flags 1800 and 9567 are on; SQL Server was restarted"
fi
