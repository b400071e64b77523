"""Findings about messages, texts and write-back, and about checks that did not end (part of findings.py)."""

from shared.diagnosis.entry import Entry

MESSAGES: dict[str, Entry] = {
    # Messages and texts
    "sms.off": Entry(
        "info",
        "Texts are switched off.",
        "Set them up if patients should get confirmations and reminders.",
        "open_sms",
    ),
    "sms.consents_missing": Entry(
        "error",
        "Texts are on, but the two consents are not given: none leaves.",
        "Have an administrator give both consents.",
        "open_sms",
    ),
    "sms.sender_missing": Entry(
        "error",
        "Texts are on without a sender number.",
        "Choose a number.",
        "open_sms",
    ),
    "sms.organisation_missing": Entry(
        "error",
        "Texts are on without the organisation's name.",
        "Enter the name that patients know.",
        "open_sms",
    ),
    "sms.sender_known": Entry(
        "ok",
        "The sender number {number} belongs to the SMS resource.",
    ),
    "sms.sender_unknown": Entry(
        "error",
        "The sender number {number} does not belong to the SMS resource: no text leaves.",
        "Choose a number that is listed, or get a new one.",
        "open_sms",
    ),
    "sms.verification_missing": Entry(
        "warning",
        "The toll-free number {number} is not recorded as verified ({state}): carriers in the US and Canada block it.",
        "Submit the toll-free verification in the Azure portal; record here when it is approved.",
        "open_sms",
    ),
    "certificate.missing": Entry(
        "error",
        "No sender certificate: every appointment message is refused.",
        "Upload the public certificate of the interface engine.",
        "open_certificates",
    ),
    "certificate.current": Entry(
        "ok",
        "The sender certificate {subject} is valid until {at}.",
    ),
    "certificate.not_yet_valid": Entry(
        "warning",
        "The sender certificate {subject} is valid only from {at}.",
        "Keep the present one until then.",
    ),
    "certificate.expiring": Entry(
        "warning",
        "The sender certificate {subject} expires on {at}, and no other one takes over.",
        "Upload the next one now: two can be valid side by side.",
        "open_certificates",
    ),
    "certificate.rollover_ready": Entry(
        "ok",
        "The sender certificate {subject} expires on {at}; the next one is in place.",
    ),
    "certificate.expired": Entry(
        "error",
        "The sender certificate {subject} expired on {at}: what it signs is refused.",
        "Upload a current one, then remove this one.",
        "open_certificates",
    ),
    "messages.last": Entry(
        "ok",
        "The last appointment message was taken on {at}.",
    ),
    "messages.none_yet": Entry(
        "info",
        "No appointment message has come yet.",
        "Set up the interface with the SMS configuration record.",
        "open_records",
    ),
    "messages.silent": Entry(
        "warning",
        "Texts are on, but no appointment message has been taken since {since}.",
        "Check that the interface runs, its address and its signature.",
        "open_records",
    ),
    # Anyone may send something that is refused: no error by itself.
    "messages.refused": Entry(
        "warning",
        "The last appointment message was refused on {at} ({code}), and none was taken after it.",
        "See docs/errors.md for the code; HL7 answers begin with AE or AR and their condition (docs/hl7.md).",
        "open_records",
    ),
    "messages.refused_before": Entry(
        "info",
        "A message was refused on {at} ({code}); others were taken after it.",
        "See docs/errors.md for the code, docs/hl7.md for AE and AR.",
    ),
    "writeback.off": Entry(
        "info",
        "Epic is not told who is waiting or connected.",
        "Configure write-back with the hospital's own values, so that staff see it in the schedule.",
        "open_connection",
    ),
    "writeback.configured": Entry(
        "ok",
        "Epic is told who is waiting and connected.",
    ),
    "writeback.incomplete": Entry(
        "warning",
        "Write-back has no value for {missing}: these are not told.",
        "Ask the Epic analyst for the values.",
        "open_connection",
    ),
    "writeback.no_client": Entry(
        "error",
        "Write-back is on without a backend client id: nothing is told.",
        "Enter the client id of the backend registration.",
        "open_connection",
    ),
    "writeback.not_signed_in": Entry(
        "error",
        "Write-back is paused: since {since} the EHR has not accepted our sign-in. Statuses wait; it is asked again at {at}.",
        "Check in the EHR that the backend client is active, may write statuses, and knows the address of our keys.",
        "recheck",
    ),
    "writeback.not_answered": Entry(
        "error",
        "Write-back is paused: since {since} the EHR has not taken any status. Statuses wait; it is asked again at {at}.",
        "Ask whoever runs the EHR whether it is down or its address has changed. Statuses go on by themselves.",
        "recheck",
    ),
    "writeback.untold": Entry(
        "warning",
        "Statuses of the last seven days that the EHR was not told: {count}.",
        "Look at why in the list of statuses that were not written; what still matters can be written after all.",
    ),
    # Checks that did not come to an end
    "check.timed_out": Entry(
        "unknown",
        "The check of {check} got no answer in time.",
        "Check again.",
        "recheck",
    ),
    "check.failed": Entry(
        "unknown",
        "The check of {check} could not run ({why}).",
        "Check again; if it stays, look at the log.",
        "recheck",
    ),
}
