"""What hospitals see when visits from a chart do not work, and the codes by which the doctor tells it.

The symptoms are those that the makers of comparable products have published as their known problems.
"""

SYMPTOMS: dict[str, tuple[str, ...]] = {
    "The FHIR URL is called not valid": (
        "ehr.url_incomplete", "ehr.not_smart", "ehr.release_mismatch", "ehr.unreachable", "ehr.tls_failed",
    ),
    "Epic shows an OAUTH2 error on approving or launching": (
        "assertion.refused", "keys.unreachable", "keys.stale", "keys.algorithm_missing", "clients.missing",
    ),
    "The analyst cannot sign in to Epic when approving": ("hint.epic_sign_in", "approver.missing", "approver.disabled"),
    "After set-up nobody can launch: the records in Epic are not those of the portal": (
        "records.drift", "launch.never", "launch.refused",
    ),
    "After set-up nobody can launch: the records are in another Epic environment": (
        "environment.mixed_up", "hint.epic_environment", "launch.never",
    ),
    "After set-up nobody can launch: a licence is missing in production": (
        "organisers.unlicensed", "policy.missing", "hint.licence",
    ),
    "Tenant or configuration not found, though the URLs are right": (
        "environment.mixed_up", "environment.message_mixed_up", "environment.shared_base", "environment.name_hint",
    ),
    "Group visits do not work": ("records.group_unseen", "records.drift"),
    "Clinicians get no notice of a waiting patient": ("hint.lobby_notice", "writeback.off"),
    "Patients are told to download Teams": ("join.browser", "join.anonymous"),
    "A patient can chat after the visit": ("room.chat_enabled", "hint.chat_after_visit", "room.lobby_organization"),
    "Somebody cannot enter the portal, or sees and cannot add": ("hint.portal_access",),
    "Another organisation wants to use the same Epic": ("hint.sharing", "environment.id_needed"),
    "Poor video on Citrix or another virtual desktop": ("hint.vdi",),
    "Whether a licence is active": ("hint.licence", "organisers.unlicensed"),
}  # fmt: skip
