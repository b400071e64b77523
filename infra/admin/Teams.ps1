<#
.SYNOPSIS
For a Teams administrator: lets the app make meetings for clinicians, and looks whether patients can join them.
.DESCRIPTION
Needs the module MicrosoftTeams and the role Teams Administrator. Makes the application access policy and grants it to the
people in -Organizer, to the members of the groups in -Group, or to everybody with -Everybody. Then looks whether anonymous
people may join meetings; that is shown, and changed only with -AllowAnonymousJoin. Says what it would do; does it with
-Apply. Again is fine. A policy takes up to 30 minutes to act, a meeting policy up to 24 hours.
.EXAMPLE
./Teams.ps1 -ClientId c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51 -Group 9d1f3f0e-7d3e-4c39-9a55-0f5b0b3c8a11 -Apply
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [guid] $ClientId,
    [guid[]] $Organizer = @(),
    [guid[]] $Group = @(),
    [switch] $Everybody,
    [string] $PolicyName = 'VisitBridge',
    [string] $MeetingPolicy = 'Global',
    [switch] $AllowAnonymousJoin,
    [switch] $Apply
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

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

Connect-MicrosoftTeams | Out-Null

$Policy = Get-CsApplicationAccessPolicy | Where-Object { $_.Identity -in $PolicyName, "Tag:$PolicyName" }
if (-not $Policy) {
    Invoke-Change "make the policy $PolicyName for $ClientId" {
        New-CsApplicationAccessPolicy -Identity $PolicyName -AppIds "$ClientId" -Description 'Virtual visits'
    }
}
elseif ($Policy.AppIds -notcontains "$ClientId") {
    Invoke-Change "add $ClientId to the policy $PolicyName" {
        Set-CsApplicationAccessPolicy -Identity $PolicyName -AppIds @{ Add = "$ClientId" }
    }
}
else {
    Write-Output "  have   the policy $PolicyName for $ClientId"
}

# A grant that is there already is granted again without harm.
foreach ($Person in $Organizer) {
    Invoke-Change "grant $PolicyName to the person $Person" {
        Grant-CsApplicationAccessPolicy -PolicyName $PolicyName -Identity "$Person"
    }
}
foreach ($One in $Group) {
    Invoke-Change "grant $PolicyName to the members of the group $One" {
        Grant-CsApplicationAccessPolicy -PolicyName $PolicyName -Group "$One" -Rank 1
    }
}
if ($Everybody) {
    Invoke-Change "grant $PolicyName to everybody" { Grant-CsApplicationAccessPolicy -PolicyName $PolicyName -Global }
}
if (-not ($Organizer -or $Group -or $Everybody)) {
    Write-Output '  note   nobody was named: -Organizer, -Group or -Everybody'
}

# Patients join without an account.
if ((Get-CsTeamsMeetingConfiguration).DisableAnonymousJoin) {
    Write-Output '  WRONG  anonymous people may join no meeting of this tenant'
    if ($AllowAnonymousJoin) {
        Invoke-Change 'let anonymous people join' { Set-CsTeamsMeetingConfiguration -DisableAnonymousJoin $false }
    }
}
else {
    Write-Output '  have   anonymous people may join meetings of this tenant'
}
$Meetings = Get-CsTeamsMeetingPolicy -Identity $MeetingPolicy
if (-not $Meetings.AllowAnonymousUsersToJoinMeeting) {
    Write-Output "  WRONG  the meeting policy $MeetingPolicy lets no anonymous people join"
    if ($AllowAnonymousJoin) {
        Invoke-Change "let anonymous people join under $MeetingPolicy" {
            Set-CsTeamsMeetingPolicy -Identity $MeetingPolicy -AllowAnonymousUsersToJoinMeeting $true
        }
    }
}
else {
    Write-Output "  have   the meeting policy $MeetingPolicy lets anonymous people join"
}
if (-not $Apply) { Write-Output 'nothing was changed; say -Apply to do it' }
