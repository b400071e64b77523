<#
.SYNOPSIS
For an Entra administrator: gives the app registration its permissions on Microsoft Graph.
.DESCRIPTION
Needs the module Microsoft.Graph.Applications and the role Privileged Role Administrator. Says what it would do; does it
with -Apply. Again is fine. -CallQuality: also what the setting CALL_QUALITY needs. infra/admin/consent does the same with az.
.EXAMPLE
./Consent.ps1 -ClientId c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51 -TenantId 6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10 -Apply
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [guid] $ClientId,
    [Parameter(Mandatory)] [guid] $TenantId,
    [switch] $CallQuality,
    [switch] $Apply
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# docs/operator.md says what each is for.
$Permissions = @('OnlineMeetingArtifact.Read.All', 'OnlineMeetings.ReadWrite.All', 'User.Read.All')
$ForCallQuality = @('CallRecords.Read.All')
if ($CallQuality) { $Permissions += $ForCallQuality }
$GraphAppId = '00000003-0000-0000-c000-000000000000'

function Invoke-Change {
    param([string] $What, [scriptblock] $How)
    if ($Apply) {
        & $How | Out-Null
        Write-Output "  done   $What"
    }
    else {
        Write-Output "  would  $What"
    }
}

Connect-MgGraph -TenantId $TenantId -NoWelcome -Scopes 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'

$Principal = Get-MgServicePrincipal -Filter "appId eq '$ClientId'"
if (-not $Principal) {
    Invoke-Change "make the enterprise application of $ClientId" { New-MgServicePrincipal -AppId $ClientId }
    if (-not $Apply) {
        Write-Output "  then   grant $($Permissions -join ', ')"
        return
    }
    $Principal = Get-MgServicePrincipal -Filter "appId eq '$ClientId'"
}

# Were assignment required, Graph's notifications would come without their proof.
if ($Principal.AppRoleAssignmentRequired) {
    Invoke-Change 'set assignment required to no' {
        Update-MgServicePrincipal -ServicePrincipalId $Principal.Id -AppRoleAssignmentRequired:$false
    }
}

$Graph = Get-MgServicePrincipal -Filter "appId eq '$GraphAppId'"
$Granted = @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $Principal.Id -All | ForEach-Object AppRoleId)
foreach ($Permission in $Permissions) {
    $Role = $Graph.AppRoles | Where-Object { $_.Value -eq $Permission -and $_.AllowedMemberTypes -contains 'Application' }
    if ($Granted -contains $Role.Id) {
        Write-Output "  have   $Permission"
        continue
    }
    Invoke-Change "grant $Permission" {
        $Body = @{ PrincipalId = $Principal.Id; ResourceId = $Graph.Id; AppRoleId = $Role.Id }
        New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $Principal.Id -BodyParameter $Body
    }
}
if (-not $Apply) { Write-Output 'nothing was changed; say -Apply to do it' }
