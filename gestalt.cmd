@powershell -NoLogo -NoProfile -ExecutionPolicy Bypass -File "%~dp0gestalt.ps1" %*
