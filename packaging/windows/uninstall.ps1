<# Stops and removes both services. The folder with site.toml and data stays.
     .\windows\uninstall.ps1 -Folder C:\Mentions #>
param([Parameter(Mandatory = $true)] [string] $Folder)
$ErrorActionPreference = 'Stop'
foreach ($name in 'mentions-serve', 'mentions-schedule') {
    if (Get-Service $name -ErrorAction SilentlyContinue) {
        Stop-Service $name
        & (Join-Path $Folder "service\$name.exe") uninstall
    }
}
