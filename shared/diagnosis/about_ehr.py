"""Findings about the connection itself, the EHR, our keys there and the environment (part of findings.py)."""

from shared.diagnosis.entry import Entry

EHR: dict[str, Entry] = {
    # The connection itself
    "state.draft": Entry(
        "warning",
        "The connection is a draft: nothing works with it yet.",
        "Complete it and submit it for approval.",
        "open_connection",
    ),
    "state.needs_approval": Entry(
        "error",
        "The connection waits for its approver: launches and messages are refused until then.",
        "Ask the approver to sign in to the portal, then to Epic, and to decide.",
        "open_approval",
    ),
    "state.approved": Entry(
        "ok",
        "The connection was approved on {at}.",
    ),
    "state.rejected": Entry(
        "error",
        "The approver rejected the connection: {reason}",
        "Mend what the reason names, then submit it for approval again.",
        "submit_for_approval",
    ),
    "state.disabled": Entry(
        "warning",
        "The connection is switched off: launches and messages are refused.",
        "Switch it on; the approver decides again.",
        "enable",
    ),
    "approver.missing": Entry(
        "error",
        "Nobody is named as approver, so nobody can approve.",
        "Name the Epic customer analyst.",
        "open_connection",
    ),
    "approver.active": Entry(
        "ok",
        "{name} is the approver, with an active account.",
    ),
    "approver.gone": Entry(
        "error",
        "The approver, {name}, is no longer in the directory.",
        "Name another approver.",
        "open_connection",
    ),
    "approver.disabled": Entry(
        "error",
        "The account of the approver, {name}, is disabled.",
        "Name another approver, or have the account enabled.",
        "open_connection",
    ),
    # The EHR as it answers now
    "ehr.reachable": Entry(
        "ok",
        "The FHIR server answers and offers SMART sign-in.",
    ),
    "ehr.unreachable": Entry(
        "error",
        "The FHIR server does not answer ({reason}): launches fail.",
        "Check the URL, DNS, firewall and whether the server is up; then check again.",
        "recheck",
    ),
    "ehr.tls_failed": Entry(
        "error",
        "The FHIR server's certificate is not trusted, or the secure connection fails.",
        "Have the server send a valid certificate with its whole chain, for this host name.",
        "recheck",
    ),
    "ehr.private_address": Entry(
        "error",
        "The FHIR base URL now leads to an address inside a private network.",
        "Use the address that Epic publishes for apps outside; check the DNS entry.",
        "open_connection",
    ),
    "ehr.url_incomplete": Entry(
        "error",
        "The FHIR base URL does not end with a FHIR release, so it is probably cut off.",
        "Ask the Epic technical specialist for the whole base URL; it ends with /R4.",
        "open_connection",
    ),
    "ehr.not_smart": Entry(
        "error",
        "The server answers but offers no SMART sign-in at this address.",
        "Check the end of the FHIR base URL: /R4 for apps registered with R4, /DSTU2 or /STU3 for older ones.",
        "open_connection",
    ),
    "ehr.release_fits": Entry(
        "ok",
        "The server speaks FHIR {found}.",
    ),
    "ehr.release_mismatch": Entry(
        "error",
        "The FHIR base URL says {suffix}, but the server there speaks FHIR {found}.",
        "Use the base URL of the release that the app is registered with.",
        "open_connection",
    ),
    "ehr.release_old": Entry(
        "warning",
        "The address is that of FHIR {found}; new apps are registered with R4.",
        "Use the R4 base URL unless the app's registration names this release.",
        "open_connection",
    ),
    "ehr.release_unknown": Entry(
        "info",
        "The server does not say which FHIR release it speaks.",
        "Check that the release at the end of the URL is that of the app's registration.",
    ),
    "ehr.endpoints_changed": Entry(
        "error",
        "The EHR's sign-in addresses are not those that were approved: {fields}. Launches still use the approved ones.",
        "Check with the Epic analyst that the change is meant, then submit the connection for approval again.",
        "submit_for_approval",
    ),
    "ehr.keys_readable": Entry(
        "ok",
        "The EHR's own keys can be read ({count}).",
    ),
    "ehr.keys_missing": Entry(
        "error",
        "The EHR names no issuer or keys, so nobody who signs in there can be verified.",
        "Ask the Epic technical specialist to switch on OpenID Connect; then submit for approval again.",
        "submit_for_approval",
    ),
    "ehr.keys_unreadable": Entry(
        "error",
        "The EHR's keys cannot be read: launches fail once ours are out of date.",
        "Check the EHR's key address from outside the hospital's network.",
        "recheck",
    ),
    # Our keys and client ids at the EHR
    "keys.published": Entry(
        "ok",
        "Our public keys for {environment} are published, {algorithm} among them.",
    ),
    "keys.unreachable": Entry(
        "warning",
        "Our public keys could not be read at {url}.",
        "Check that the function app can be reached from outside under PUBLIC_URL: the EHR reads the keys there.",
        "recheck",
    ),
    "keys.stale": Entry(
        "error",
        "At {url} other keys are published than those we sign with.",
        "Check what stands before the function app (cache, front door), and that PUBLIC_URL is this deployment's.",
        "recheck",
    ),
    "keys.algorithm_missing": Entry(
        "error",
        "No {algorithm} key is published for {environment}, and the connection signs with it.",
        "Make the key in Key Vault, or choose the other algorithm.",
        "open_connection",
    ),
    "assertion.accepted": Entry(
        "ok",
        "The EHR knows our keys for the {audience} client.",
    ),
    "assertion.refused": Entry(
        "error",
        "The EHR does not accept us as the {audience} client ({error}): it does not know our keys or this client id. "
        "Epic shows this as an OAUTH2 error.",
        "Check that the client id is that of the {environment} environment, that the app was downloaded into it, and "
        "that the key address {url} is set there. A new registration or key takes up to 24 hours to reach it.",
        "recheck",
    ),
    "assertion.unclear": Entry(
        "unknown",
        "Whether the EHR knows our keys for the {audience} client could not be told ({error}).",
        "Check again; if it stays, try a launch.",
        "recheck",
    ),
    "assertion.untested": Entry(
        "info",
        "Whether the EHR knows our keys was not tried: {why}.",
        "Complete the connection first.",
    ),
    "clients.complete": Entry(
        "ok",
        "There are client ids for clinicians and patients.",
    ),
    "clients.missing": Entry(
        "error",
        "There is no client id for {audiences}: their launches are refused.",
        "Enter the client ids of the app's registration for this environment.",
        "open_connection",
    ),
    "clients.same": Entry(
        "warning",
        "Clinicians and patients have the same client id, but Epic registers an app for one audience.",
        "Enter the client id of each registration.",
        "open_connection",
    ),
    # Test and production
    "environment.shared_base": Entry(
        "warning",
        "Another connection, for {other}, has the same FHIR base URL.",
        "Epic gives each environment a URL of its own: check both. If they are meant to share it, every launch URL "
        "must carry the connection's id.",
        "open_connection",
    ),
    "environment.mixed_up": Entry(
        "warning",
        "On {at} a launch with this connection's launch URL came from another FHIR base URL.",
        "Test and production are probably mixed up: in each Epic environment, use only the records of its own "
        "connection.",
        "open_records",
    ),
    "environment.message_mixed_up": Entry(
        "warning",
        "On {at} a message was refused because its processing id is not that of {environment}.",
        "Point the interface of the other Epic environment (MSH-11) at its own connection.",
        "open_records",
    ),
    "environment.id_needed": Entry(
        "error",
        "On {at} a launch came without the connection's id, and several connections have this FHIR base URL.",
        "Paste the launch URL of the records whole: it ends with the connection's id.",
        "open_records",
    ),
    "environment.name_hint": Entry(
        "info",
        "The connection is for {environment}, but its URL has {hint} in it, as those of the other environment often "
        "do.",
        "Check that URL and environment belong together.",
    ),
}
