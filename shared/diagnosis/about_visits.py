"""Findings about organisers, rooms and launches, and what no machine can see (part of findings.py)."""

from shared.diagnosis.entry import Entry

VISITS: dict[str, Entry] = {
    # Organisers and meetings
    "organisers.pool": Entry(
        "ok",
        "A pool of organisers, {count}, can open rooms before a clinician comes.",
    ),
    "organisers.clinicians": Entry(
        "info",
        "There is no pool of organisers: a patient who comes first waits on our page until a clinician launches.",
        "Name service organisers if patients should go straight to Teams' lobby.",
        "open_connection",
    ),
    "organisers.gone": Entry(
        "error",
        "Organisers are no longer in the directory: {names}.",
        "Remove them from the pool; a clinician among them signs in anew.",
        "open_connection",
    ),
    "organisers.disabled": Entry(
        "error",
        "Accounts of organisers are disabled: {names}.",
        "Have them enabled, or remove them from the pool.",
        "open_connection",
    ),
    "organisers.unlicensed": Entry(
        "error",
        "Organisers have no licence with Teams: {names}.",
        "Assign a licence that includes Teams; it takes up to 24 hours.",
        "recheck",
    ),
    "organisers.unreadable": Entry(
        "unknown",
        "The accounts of approver or organisers cannot be read.",
        "Grant the app the Graph permission User.Read.All, or check the accounts by hand.",
        "recheck",
    ),
    "policy.granted": Entry(
        "ok",
        "The application access policy covers the organisers that were tried ({count}).",
    ),
    "policy.missing": Entry(
        "error",
        "Teams' application access policy does not cover {names}: no room can be made for them.",
        "In Teams PowerShell: New-CsApplicationAccessPolicy -Identity VisitBridge -AppIds {app}; then "
        "Grant-CsApplicationAccessPolicy -PolicyName VisitBridge -Identity <organiser>, or -Global. It takes up to "
        "30 minutes.",
        "recheck",
    ),
    "policy.untested": Entry(
        "info",
        "The application access policy was not tried: nobody is an organiser yet.",
        "Name an organiser, or have a clinician launch once.",
    ),
    "policy.unclear": Entry(
        "unknown",
        "Whether the application access policy covers {names} could not be told.",
        "Check the Graph permission OnlineMeetings.ReadWrite.All and its admin consent; then check again.",
        "recheck",
    ),
    "join.anonymous": Entry(
        "unknown",
        "Whether people without an account may join cannot be read by an app. Patients need it.",
        "In Teams PowerShell: (Get-CsTeamsMeetingConfiguration).DisableAnonymousJoin must be False, and the "
        "organisers' (Get-CsTeamsMeetingPolicy).AllowAnonymousUsersToJoinMeeting True. "
        "Set-CsTeamsMeetingConfiguration -DisableAnonymousJoin $false and Set-CsTeamsMeetingPolicy -Identity "
        "<policy> -AllowAnonymousUsersToJoinMeeting $true change them; it takes up to 24 hours.",
    ),
    "join.browser": Entry(
        "unknown",
        "Whether a patient can join in the browser cannot be read by an app. Where it is blocked, patients are told "
        "to download Teams.",
        "In Teams PowerShell: (Get-CsTeamsMeetingPolicy).BlockedAnonymousJoinClientTypes must not name Teams. "
        "Set-CsTeamsMeetingPolicy -Identity <policy> -BlockedAnonymousJoinClientTypes $null changes it. Sensitivity "
        "labels with encryption, watermarks and end-to-end encryption rule the browser out too.",
    ),
    "room.settings": Entry(
        "ok",
        "Rooms have a lobby for patients, chat during the call only, and no recording by themselves.",
    ),
    "room.chat_enabled": Entry(
        "warning",
        "Chat stays open: patients can write after the visit, and nobody may be reading.",
        "Set chat to limited.",
        "open_connection",
    ),
    "room.lobby_organization": Entry(
        "warning",
        "Everyone of the organisation passes the lobby by: an employee who is a patient walks straight in.",
        "Set the lobby to invited.",
        "open_connection",
    ),
    "room.recording_on": Entry(
        "warning",
        "Every visit is recorded by itself, which patients must have agreed to.",
        "Switch recording off unless that is meant.",
        "open_connection",
    ),
    # What was seen of launches
    "launch.seen": Entry(
        "ok",
        "The last launch with the {record} record was on {at}.",
    ),
    "launch.never": Entry(
        "info",
        "No launch of {audience} has been seen.",
        "Check that the records are in the right Epic environment, and try one.",
        "open_records",
    ),
    "launch.refused": Entry(
        "warning",
        "The last launch was refused on {at} ({code}).",
        "See docs/errors.md for the code: it names cause and fix.",
        "open_records",
    ),
    "launch.refused_before": Entry(
        "info",
        "A launch was refused on {at} ({code}); one has worked since.",
        "See docs/errors.md for the code.",
    ),
    "records.drift": Entry(
        "warning",
        "A launch on {at} did not fit the {record} record as issued: {differs}.",
        "Compare the record in Epic with the portal's, and paste it anew.",
        "open_records",
    ),
    "records.outdated": Entry(
        "info",
        "The {record} record in Epic was issued in an earlier form: it works, but cannot be compared.",
        "Paste it anew when convenient.",
        "open_records",
    ),
    "records.group_unseen": Entry(
        "info",
        "No launch of a group visit has been seen. Group visits need records of their own, with %CONFERENCEID% in "
        "place of %CSN%.",
        "If the hospital holds group visits, paste the two group records.",
        "open_records",
    ),
    "tick.alive": Entry(
        "ok",
        "The minute tick runs: reminders leave on time.",
    ),
    "tick.silent": Entry(
        "error",
        "The minute tick has not run for five minutes: no reminder leaves.",
        "Check the function app and its storage (docs/operator.md).",
        "recheck",
    ),
    # What no machine can see
    "hint.lobby_notice": Entry(
        "info",
        "Clinicians miss that a patient waits: Teams' notice is brief.",
        "Show them People, Waiting in lobby; with write-back Epic shows it too.",
    ),
    "hint.chat_after_visit": Entry(
        "info",
        "A patient can chat after the visit when the clinician only left, or when the patient is an employee signed "
        "in with the work account.",
        "End meeting instead of Leave; tell employees to join as a guest, in a private window.",
    ),
    "hint.vdi": Entry(
        "info",
        "On Citrix or another virtual desktop video is poor or missing.",
        "Route *.teams.microsoft.com and *.teams.cloud.microsoft to the local machine, or use Teams' optimisation "
        "for VDI.",
    ),
    "hint.portal_access": Entry(
        "info",
        "Somebody cannot enter the portal, or sees connections but cannot add any.",
        "Assign the app role Connector.Admin in Entra; an approver only needs to be named.",
    ),
    "hint.sharing": Entry(
        "info",
        "Another organisation shares this Epic.",
        "It adds the same FHIR base URL in its own portal and approves it; no ticket is needed. Its launch URLs "
        "carry its own connection's id.",
    ),
    "hint.epic_sign_in": Entry(
        "info",
        "The approver cannot sign in to Epic when approving.",
        "The Epic technical specialist must give the account access to the app, and download the app into this "
        "environment.",
    ),
    "hint.epic_environment": Entry(
        "info",
        "Nothing changes although the records were mended.",
        "They were probably mended in another Epic environment: compare the environment's name first.",
    ),
    "hint.licence": Entry(
        "info",
        "VisitBridge itself needs no licence, in testing or production.",
        "Organisers need a licence with Teams; the SMS number and Azure are billed by use.",
    ),
}
