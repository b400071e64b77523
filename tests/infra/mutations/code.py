"""Pairs of code and deployment: for both sides of each a change to that side alone, and the test that must notice it."""

from tests.infra.mutations.mutant import (
    AGREE,
    ALERTS,
    APP,
    ENTRA,
    EVENTS,
    MAIN,
    ROLES,
    SETTINGS,
    STAMP,
    STORAGE,
    TABLE,
    VAULT,
    WORKBOOK,
    Mutant,
    Pairs,
)

# ruff: noqa: E501, one line or two for each, to be read as a table
# fmt: off
SET = AGREE + "the_stamp_sets_every_setting_that_the_code_reads_and_no_other"
GRANT = AGREE + "every_role_that_the_code_needs_is_granted_and_no_other"
NAMED = AGREE + "the_operators_page_names_every_role_and_permission_and_no_other"
STORES = AGREE + "tables_and_queues_are_those_of_the_code"
KEYS = AGREE + "the_vault_has_the_keys_that_the_code_uses"
GRAPH = AGREE + "graph_permissions_are_those_of_the_code_wherever_they_are_named"
REGISTERED = AGREE + "the_registration_has_the_roles_scope_and_redirects_of_the_code"
METRIC = AGREE + "alerts_and_workbook_ask_for_metrics_and_attributes_that_the_code_emits"
CORS = AGREE + "the_one_origin_of_cors_is_the_portal_that_the_code_knows"
CSP = AGREE + "the_portals_policy_lets_it_call_exactly_what_lets_it_in"

PAIRS: Pairs = {
    "setting: read, set, in the sample, on the page": [
        Mutant("code", TABLE, '"CLAIM_LEASE_SECONDS"', '"CLAIM_SECONDS"', SET),
        Mutant("Bicep", STAMP, "  MONTHLY_ALLOWANCE: '0'\n", "", SET),
        Mutant("Bicep", STAMP, "  SNS_ENDPOINT: ''", "  SNS_ENDPOINT: ''\n  SPARE: ''", SET),
        Mutant("sample", "local.settings.sample.json", '    "MONTHLY_ALLOWANCE": "0",\n', "",
               AGREE + "the_sample_and_the_page_have_every_setting_of_the_stamp"),
        Mutant("page", "docs/settings.md", "| `CLAIM_LEASE_SECONDS` |", "| `CLAIM_SECONDS` |",
               AGREE + "the_sample_and_the_page_have_every_setting_of_the_stamp"),
    ],
    "setting: its default": [
        Mutant("code", TABLE, '"120",\n        "120",', '"90",\n        "90",', SETTINGS + "the_page_is_what_the_code_generates"),
        Mutant("Bicep", STAMP, "CLAIM_LEASE_SECONDS: '120'", "CLAIM_LEASE_SECONDS: '60'",
               AGREE + "a_tunable_setting_has_the_default_of_the_page"),
    ],
    "setting: the platform's, none deprecated, none secret": [
        Mutant("Bicep", APP, "    AzureWebJobsStorage__credential: 'managedidentity'\n", "",
               AGREE + "the_platforms_settings_are_those_expected"),
        Mutant("Bicep", APP, "    APPLICATIONINSIGHTS_CONNECTION_STRING:",
               "    FUNCTIONS_WORKER_RUNTIME: 'python'\n    APPLICATIONINSIGHTS_CONNECTION_STRING:",
               AGREE + "the_platforms_settings_are_those_expected"),
        Mutant("Bicep", STORAGE, "", "output key string = account.listKeys().keys[0].value\n", AGREE + "no_setting_holds_a_secret"),
    ],
    "Flex Consumption: properties, warm instances, Python": [
        Mutant("Bicep", APP, "http20Enabled: true", "ftpsState: 'Disabled'",
               AGREE + "the_app_has_no_property_that_flex_consumption_gave_up"),
        Mutant("Bicep", APP, "http: { perInstanceConcurrency: scale.httpConcurrency }", "http: {}",
               AGREE + "instances_are_kept_warm_and_take_several_requests_as_the_parameters_say"),
        Mutant("Bicep", MAIN, "httpConcurrency: 16", "httpConcurrency: 1",
               AGREE + "instances_are_kept_warm_and_take_several_requests_as_the_parameters_say"),
        Mutant("Bicep", APP, "version: '3.13'", "version: '3.12'", AGREE + "python_is_the_one_that_is_tested"),
        Mutant("code", ".python-version", "3.13", "3.14", AGREE + "python_is_the_one_that_is_tested"),
    ],
    "role: needed, granted, by its id, on one resource": [
        Mutant("code", "shared/adapters/vault.py", "", "\n\nasync def more(keys):\n    await keys.create_rsa_key('more')\n", GRANT),
        Mutant("code", "shared/services/outside.py", '"https://communication.azure.com//.default"', '"https://texts.example/.default"', GRANT),
        Mutant("Bicep", ROLES, "    { role: 'Storage Table Data Contributor', id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' }\n", "",
               GRANT),
        Mutant("Bicep", ROLES, "  insights: [\n", "  insights: [\n    { role: 'Reader', id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' }\n",
               GRANT),
        Mutant("Bicep", ROLES, "b24988ac-6180-42a0-ab88-20f7382dd24c", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
               AGREE + "roles_are_granted_by_their_ids_and_in_one_place_only"),
        Mutant("page", "docs/operator.md", "Key Vault Secrets Officer", "Key Vault Administrator", NAMED),
        Mutant("Bicep", ROLES, "    scope: texting\n", "", AGREE + "each_role_is_granted_on_one_resource_and_on_nothing_wider"),
    ],
    "table": [
        Mutant("code", "shared/adapters/tables.py", '"facts")', '"facts", "more")', STORES),
        Mutant("Bicep", STORAGE, ", 'facts']", "]", STORES),
    ],
    "queue, and who reads it": [
        Mutant("code", "shared/adapters/queues.py", 'OPERATIONS = "operations"', 'OPERATIONS = "purchases"', STORES),
        Mutant("Bicep", STORAGE, "'operations']", "'purchases']", STORES),
        Mutant("Bicep", STORAGE, "'${one}-poison'", "'${one}-failed'", STORES),
        Mutant("code", "functions/numbers.py", 'queue_name="operations"', 'queue_name="purchases"',
               AGREE + "queue_triggers_read_queues_that_are_made"),
    ],
    "key and secret of the vault": [
        Mutant("code", "shared/keys/signing.py", 'f"smart-{environment}-', 'f"sign-{environment}-', KEYS),
        Mutant("code", "shared/rooms/envelope.py", '"graph-notifications"', '"graph-events"', KEYS),
        Mutant("Bicep", VAULT, "['testing', 'production']", "['production']", KEYS),
        Mutant("Bicep", VAULT, "'P-384'", "'P-256'", KEYS),
        Mutant("Bicep", VAULT, "keyOps: ['encrypt', 'decrypt']", "keyOps: ['encrypt', 'decrypt', 'wrapKey']", KEYS),
        Mutant("code", "shared/keys/keyring.py", ' = "data-keys"  #', ' = "seal-keys"  #',
               AGREE + "the_first_hook_writes_the_secret_that_the_code_reads"),
        Mutant("Bicep", "infra/modules/datakeys.bicep", "name: 'data-keys'", "name: 'seal-keys'",
               AGREE + "the_first_hook_writes_the_secret_that_the_code_reads"),
    ],
    "function that takes events, and which": [
        Mutant("code", "functions/sms.py", "async def sms_events", "async def text_events",
               AGREE + "events_go_to_the_function_that_reads_them"),
        Mutant("Bicep", EVENTS, "/functions/sms_events'", "/functions/text_events'",
               AGREE + "events_go_to_the_function_that_reads_them"),
        Mutant("code", "shared/messages/reports.py", '"Microsoft.Communication.SMSReceived"', '"Microsoft.Communication.SMSGot"',
               AGREE + "the_events_are_those_that_the_code_reads"),
        Mutant("Bicep", EVENTS, "        'Microsoft.Communication.SMSReceived'\n", "",
               AGREE + "the_events_are_those_that_the_code_reads"),
        Mutant("Bicep", EVENTS, "    retryPolicy: {", "    deadLetterDestination: {}\n    retryPolicy: {",
               AGREE + "no_dead_letter_keeps_a_patients_number"),
    ],
    "metric, attribute and line: measured, asked for": [
        Mutant("code", "shared/work/failures.py", '"visitbridge.queue.poisoned"', '"visitbridge.tick.handed"', METRIC),
        Mutant("Bicep", ALERTS, '"visitbridge.text.lateness"', '"visitbridge.text.delay"', METRIC),
        Mutant("workbook", WORKBOOK, '\\"visitbridge.lobby.wait\\"', '\\"visitbridge.lobby.waited\\"', METRIC),
        Mutant("code", "shared/messages/receipt.py", "change=HAPPENINGS", "what=HAPPENINGS", METRIC),
        Mutant("workbook", WORKBOOK, '\\"visitbridge.change=', '\\"visitbridge.event=', METRIC),
        Mutant("code", "shared/metrics.py", '"metric %s=%.3f unit=%s%s"', '"measured %s=%.3f unit=%s%s"',
               AGREE + "queries_read_the_line_that_a_measurement_makes"),
        Mutant("Bicep", ALERTS, '"^metric ([a-z._]+)="', '"^metric ([a-z]+)="',
               AGREE + "queries_read_the_line_that_a_measurement_makes"),
        Mutant("code", "shared/messages/inbound.py", 'measure("visitbridge.text.reply"', 'measure("visitbridge.text.ended"',
               AGREE + "what_is_emitted_is_what_is_listed"),
        Mutant("workbook", WORKBOOK, '"name": "waiting"', '"name": "lobby"',
               AGREE + "the_workbook_shows_visits_waiting_texts_lateness_and_launches"),
    ],
    "alert and its runbook": [
        Mutant("Bicep", ALERTS, "name: 'certificate-expiring'", "name: 'certificate-ends'",
               AGREE + "every_alert_has_a_runbook_and_every_runbook_an_alert"),
        Mutant("page", "docs/operator/alerts.md", "## poison-queue", "## failed-messages",
               AGREE + "every_alert_has_a_runbook_and_every_runbook_an_alert"),
        Mutant("Bicep", ALERTS, "alerts.md, http-5xx.'", "alerts.md, http-4xx.'",
               AGREE + "every_alert_that_operation_asks_for_is_there_and_tells_where_to_read_on"),
    ],
    "health: asked for, answered": [
        Mutant("code", "functions/health.py", '@bp.route("health"', '@bp.route("alive"', AGREE + "health_is_asked_for_where_the_code_answers"),
        Mutant("Bicep", STAMP, "/api/health'", "/api/alive'", AGREE + "health_is_asked_for_where_the_code_answers"),
    ],
    "Microsoft Graph: permission needed, asked for, granted": [
        Mutant("code", "shared/adapters/graph.py", "/communications/callRecords", "/communications/records", GRAPH),
        Mutant("Bicep", ENTRA, "['CallRecords.Read.All']", "[]", GRAPH),
        Mutant("code", "shared/adapters/graph.py", "/attendanceReports", "/reports", GRAPH),
        Mutant("Bicep", ENTRA, "['OnlineMeetingArtifact.Read.All', ", "[", GRAPH),
        Mutant("page", "docs/operator.md", "`User.Read.All`", "`User.ReadBasic.All`", NAMED),
        Mutant("script", "infra/admin/consent", ' User.Read.All"', '"', GRAPH),
        Mutant("script", "infra/admin/Consent.ps1", "'User.Read.All')", "'User.ReadWrite.All')", GRAPH),
    ],
    "app registration: roles, scope, redirects, no secret": [
        Mutant("code", "shared/organisations/access.py", '"Reports.Read"', '"Report.Reader"', REGISTERED),
        Mutant("Bicep", ENTRA, "value: 'Connector.Approver'", "value: 'Connector.Analyst'", REGISTERED),
        Mutant("Bicep", ENTRA, "value: 'Portal.Access'", "value: 'Portal.Use'", REGISTERED),
        Mutant("code", "functions/launch.py", '@bp.route("signin/callback"', '@bp.route("signin/back"', REGISTERED),
        Mutant("Bicep", ENTRA, "/api/signin/callback'", "/api/signin/back'", REGISTERED),
        Mutant("portal", "portal/src/session/msal.ts", "`${location.origin}/`", "`${location.origin}/in`", REGISTERED),
        Mutant("Bicep", ENTRA, "['${portalUrl}/']", "['${portalUrl}/in']", REGISTERED),
        Mutant("code", "shared/adapters/identity.py", '"api://AzureADTokenExchange/.default"', '"api://Exchange/.default"',
               AGREE + "the_registration_has_no_secret_but_each_stamps_identity"),
        Mutant("Bicep", ENTRA, "  groupMembershipClaims:", "  passwordCredentials: []\n  groupMembershipClaims:",
               AGREE + "the_registration_has_no_secret_but_each_stamps_identity"),
    ],
    "CORS and the portal's policy": [
        Mutant("Bicep", APP, "allowedOrigins: [portalUrl]", "allowedOrigins: ['*']", CORS),
        Mutant("Bicep", STAMP, "  PORTAL_URL: portalUrl", "  PORTAL_URL: publicUrl", CORS),
        Mutant("Bicep", STAMP, "  PUBLIC_URL: publicUrl", "  PUBLIC_URL: portalUrl", CSP),
        Mutant("portal", "portal/staticwebapp.config.json", "'self' {apis} {authority}", "'self' https: {authority}", CSP),
        Mutant("portal", "portal/staticwebapp.config.json", "'self' {apis} {authority}", "'self' {apis}", CSP),
        Mutant("Bicep", STAMP, "'https://login.microsoftonline.com'", "'https://login.example'", CSP),
    ],
}
