# Always On and the two trace flags of the documentation; SQL Server is restarted only where one of them was missing.
$ErrorActionPreference = "Stop"
Import-Module SqlServer
$instance = "MSSQLSERVER"
$key = (Get-ItemProperty "HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL").$instance
$parameters = "HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\$key\MSSQLServer\Parameters"
$restart = $false

if (-not (Get-Item "SQLSERVER:\SQL\localhost\DEFAULT").IsHadrEnabled) {
  Enable-SqlAlwaysOn -Path "SQLSERVER:\SQL\localhost\DEFAULT" -NoServiceRestart
  $restart = $true
}
foreach ($flag in "-T1800", "-T9567") {
  $item = Get-Item $parameters
  if (($item.Property | ForEach-Object { $item.GetValue($_) }) -notcontains $flag) {
    New-ItemProperty $parameters -Name "SQLArg$($item.ValueCount)" -Value $flag | Out-Null
    $restart = $true
  }
}
if ($restart) { Restart-Service $instance -Force }
"Always On and the trace flags 1800 and 9567 are on; SQL Server was restarted: $restart"
