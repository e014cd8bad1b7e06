<# Installs the program on Windows Server, from the bundle that this file came with or from a release's folder.

   As an administrator, in the unpacked bundle:
     .\windows\install.ps1 -Folder C:\Mentions -WinSW C:\Downloads\WinSW-x64.exe
   It installs without a network (install.py), makes site.toml and the key where there are none, takes everybody's rights to
   the folder but the system's, administrators' and the two services', and starts both as services. Run it again to update. #>
param(
    [Parameter(Mandatory = $true)] [string] $Folder,
    [Parameter(Mandatory = $true)] [string] $WinSW
)
$ErrorActionPreference = 'Stop'
$services = 'mentions-serve', 'mentions-schedule'
$bundle = Split-Path -Parent $PSScriptRoot

function Invoke-Checked([scriptblock] $command) {
    & $command
    if ($LASTEXITCODE -ne 0) { throw "failed with $LASTEXITCODE`: $command" }
}

foreach ($name in $services) {
    if (Get-Service $name -ErrorAction SilentlyContinue) { Stop-Service $name }
}
Invoke-Checked { py -3 "$bundle\install.py" $Folder }
$mentions = Join-Path $Folder '.venv\Scripts\mentions.exe'
Set-Location $Folder

# S-1-5-18 is the system, S-1-5-32-544 administrators: numbers are the same in every language of Windows
Invoke-Checked { icacls $Folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' /q }
if (-not (Test-Path (Join-Path $Folder 'site.toml')) -and -not (Test-Path (Join-Path $Folder 'config.toml'))) { Invoke-Checked { & $mentions init } }
Invoke-Checked { & $mentions service install --winsw $WinSW }

foreach ($name in $services) {
    $wrapper = Join-Path $Folder "service\$name.exe"
    if (-not (Get-Service $name -ErrorAction SilentlyContinue)) { Invoke-Checked { & $wrapper install } }
    # an account of the service's own, without a password
    Invoke-Checked { sc.exe config $name obj= "NT SERVICE\$name" | Out-Null }
    Invoke-Checked { icacls $Folder /grant "NT SERVICE\${name}:(OI)(CI)RX" /q }
    foreach ($writes in 'data', 'service') {
        New-Item -ItemType Directory -Force (Join-Path $Folder $writes) | Out-Null
        Invoke-Checked { icacls (Join-Path $Folder $writes) /grant "NT SERVICE\${name}:(OI)(CI)M" /q }
    }
    Start-Service $name
}
Get-Service $services
Write-Host "A first sign-in, here in $Folder`: .venv\Scripts\mentions user link admin"
