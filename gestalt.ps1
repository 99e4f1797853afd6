# Runs Gestalt from its sources: builds when something changed since the last build, then starts it.
$artifacts = if ($env:GESTALT_ARTIFACTS) { $env:GESTALT_ARTIFACTS } else { Join-Path $PSScriptRoot 'artifacts' }
$program = Join-Path $artifacts 'bin/Gestalt.Cli/release/gestalt.dll'
$stamp = Join-Path $artifacts '.gestalt-built'

function Test-Stale {
    if (-not ((Test-Path $stamp) -and (Test-Path $program))) { return $true }
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $sources = @(Get-ChildItem (Join-Path $PSScriptRoot 'src') -Recurse) + @(Get-Item (Join-Path $PSScriptRoot 'Directory.*.props'), (Join-Path $PSScriptRoot 'global.json'))
    return [bool]($sources | Where-Object LastWriteTimeUtc -gt $built | Select-Object -First 1)
}

if (Test-Stale) {
    [Console]::Error.WriteLine('gestalt: building ...')
    $began = Get-Date
    $output = dotnet build (Join-Path $PSScriptRoot 'src/Gestalt.Cli') --configuration Release --artifacts-path $artifacts --nologo --verbosity quiet 2>&1
    if ($LASTEXITCODE -ne 0) { $output | ForEach-Object { [Console]::Error.WriteLine($_) }; exit 1 }
    (New-Item $stamp -ItemType File -Force).LastWriteTime = $began
}
dotnet $program @args
exit $LASTEXITCODE
