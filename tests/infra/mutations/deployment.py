"""Pairs within the deployment: what is scrubbed, hooks, parameters, workflows, scripts, the checks themselves."""

from tests.infra.mutations.mutant import (
    ADMIN,
    AGREE,
    ALERTS,
    APP,
    BICEP,
    DEPLOY,
    ENTRA,
    EVENTS,
    FLOWS,
    HOOKS,
    LOGS,
    MAIN,
    PAGE,
    STAMP,
    STAMPS,
    STORAGE,
    TELEMETRY,
    VAULT,
    Mutant,
    Pairs,
)

# ruff: noqa: E501, one line or two for each, to be read as a table
# fmt: off
QUERY = TELEMETRY + "the_query_of_a_url_is_cut_before_the_exporter"
PATH = TELEMETRY + "what_a_path_opens_or_names_is_cut_before_the_exporter"
WORDS = TELEMETRY + "an_exception_is_exported_without_its_words"
HOST = TELEMETRY + "the_host_sends_no_address_of_a_request"
LEVELS = TELEMETRY + "only_the_functions_own_lines_and_results_are_sent_below_a_warning"
RULE = TELEMETRY + "every_record_is_scrubbed_once_more_before_it_is_kept"
NAMED = HOOKS + "azure_yaml_names_outputs_tags_and_hooks_that_exist"
OUTPUTS = HOOKS + "the_hooks_read_outputs_that_main_has"
ALONE = HOOKS + "an_administrator_gets_all_that_the_registration_asks_for"
PACKAGE = HOOKS + "the_package_is_the_app_and_nothing_else"
SHUT = STAMPS + "doors_that_need_no_sign_in_are_shut"
WALK = BICEP + "every_resource_has_only_known_properties"
AGREED = BICEP + "every_file_parses_and_its_names_agree"
HANDED = FLOWS + "a_deployment_hands_over_every_value_that_parameters_and_hooks_read"
DRY = ADMIN + "consent_changes_nothing_unless_told_to"

PAIRS: Pairs = {
    "telemetry: what the worker exports": [
        Mutant("code", "shared/telemetry.py", 'QUERY.sub("?", super().getMessage())', "super().getMessage()", QUERY),
        Mutant("code", "shared/telemetry.py", 'LINK.sub(r"\\1...", QUERY.sub("?", super().getMessage()))',
               'QUERY.sub("?", super().getMessage())', PATH),
        Mutant("code", "shared/telemetry.py", r'(/api/[\w-]+/)', r'(/api/(?:v|visits)/)', PATH),
        Mutant("code", "shared/telemetry.py", "[kind.__name__, *places]", "[traceback.format_exc(), *places]", WORDS),
        Mutant("code", "shared/telemetry.py", '"aiohttp", "asyncio", "azure"', '"aiohttp", "asyncio"',
               TELEMETRY + "azures_own_pipeline_exports_no_request"),
    ],
    "telemetry: what the host sends": [
        Mutant("host", "host.json", '"enableQueryStringTracing": false', '"enableQueryStringTracing": true', HOST),
        Mutant("host", "host.json", '"enableHttpTriggerExtendedInfoCollection": false',
               '"enableHttpTriggerExtendedInfoCollection": true', HOST),
        Mutant("host", "host.json", '"default": "Warning"', '"default": "Information"', LEVELS),
        Mutant("host", "host.json", "Request;Exception;Trace", "Request;Exception", TELEMETRY + "measurements_are_not_sampled_away"),
    ],
    "telemetry: the rule before it is kept": [
        Mutant("Bicep", LOGS, 'extend Url = "", ', "extend Url = Url, ", RULE),
        Mutant("Bicep", LOGS, 'Data = "", ClientIP', "Data = Data, ClientIP", RULE),
        Mutant("Bicep", LOGS, 'ClientIP = "", Message = tostring(split(tostring(split(Message, "?")[0]), "/api/")[0])',
               'ClientIP = "", Message = tostring(split(Message, "?")[0])', RULE),
        Mutant("Bicep", LOGS, ', Details = parse_json("[]")', "", RULE),
        Mutant("Bicep", LOGS, "    WorkspaceResourceId: scrubbed.outputs.id", "    WorkspaceResourceId: workspace.outputs.id",
               TELEMETRY + "application_insights_writes_to_the_scrubbed_workspace"),
        Mutant("Bicep", "infra/modules/texting.bicep", "'AuthOperational'", "'SMSOperational'", TELEMETRY + "no_log_of_texts_is_collected"),
        Mutant("code", "shared/metrics.py", '"metric %s=%.3f unit=%s%s"', '"metric %s=%.3f unit=%s%s ?"',
               TELEMETRY + "the_rule_leaves_measurements_as_they_are"),
    ],
    "azd: outputs, tags, hooks, order": [
        Mutant("Bicep", MAIN, "output PORTAL_SCOPE string", "output SCOPE string", OUTPUTS),
        Mutant("hook", "infra/hooks/portal.py", 'output("AUTHORITY")', 'output("ENTRA_AUTHORITY")', OUTPUTS),
        Mutant("Bicep", MAIN, "    systemTopic: stamp[i]", "    topic: stamp[i]", OUTPUTS),
        Mutant("azure.yaml", "azure.yaml", "${PORTAL_NAME}", "${SITE_NAME}", NAMED),
        Mutant("Bicep", APP, "{ 'azd-service-name': 'api' }", "{ 'azd-service-name': 'functions' }", NAMED),
        Mutant("azure.yaml", "azure.yaml", "run: python3 infra/hooks/deployed.py", "run: python3 infra/hooks/after.py", NAMED),
        Mutant("azure.yaml", "azure.yaml", "      - azd: provision\n      - azd: deploy --all",
               "      - azd: deploy --all\n      - azd: provision", HOOKS + "the_portal_is_built_when_its_addresses_are_known"),
        Mutant("Bicep", EVENTS, "param systemTopicName", "param topicName", HOOKS + "the_events_template_gets_the_parameters_it_has"),
        Mutant("hook", "infra/hooks/deployed.py", 'f"systemTopicName={', 'f"topicName={',
               HOOKS + "the_events_template_gets_the_parameters_it_has"),
        Mutant("hook", "infra/hooks/provisioned.py", '"vaultName": {', '"vault": {',
               HOOKS + "a_vault_without_data_keys_gets_them_by_a_file_nobody_else_reads"),
        Mutant("hook", "infra/hooks/provisioned.py", "if exists(stamp):", "if False:", HOOKS + "data_keys_that_are_there_stay"),
        Mutant("hook", "infra/hooks/deployed.py", "            subscribe(stamp)\n            smoke(stamp)\n", "            subscribe(stamp)\n",
               HOOKS + "a_broken_release_stops_at_the_first_stamp"),
        Mutant("hook", "infra/hooks/azd.py", '*words, *where, "--output"', '*words, "--output"', HOOKS + "every_call_is_for_the_subscription_of_the_deployment"),
        Mutant("portal", "portal/configure.mjs", "'client-id', 'scope'", "'client', 'scope'",
               HOOKS + "the_portal_is_configured_with_every_stamp"),
        Mutant("Bicep", MAIN, "output VISITBRIDGE_BUDGET_START", "output BUDGET_START", HOOKS + "a_budget_keeps_its_first_month"),
        Mutant("Bicep", MAIN, "    startDate: '${budgetFrom}T00:00:00Z'\n", "", HOOKS + "a_budget_keeps_its_first_month"),
    ],
    "who deploys the registration alone": [
        Mutant("Bicep", MAIN, "output ENTRA_PUBLIC_URLS array = publicUrls", "output ENTRA_PUBLIC_URLS array = []", ALONE),
        Mutant("Bicep", ENTRA, "param displayName string = 'VisitBridge'", "param displayName string", ALONE),
        Mutant("page", PAGE, "azd env get-value ENTRA_IDENTITIES", "azd env get-value STAMPS", ALONE),
    ],
    "the package": [
        Mutant("hook", "infra/hooks/package.py", '("functions", "shared")', '("functions", "shared", "local")', PACKAGE),
        Mutant("azd", ".funcignore", "operation/\n", "", PACKAGE),
    ],
    "parameters, workflow, page": [
        Mutant("workflow", DEPLOY, "      VISITBRIDGE_GEOS: ${{ vars.VISITBRIDGE_GEOS }}\n", "", HANDED),
        Mutant("workflow", DEPLOY, "      VISITBRIDGE_TENANT_NAMES: ${{ vars.VISITBRIDGE_TENANT_NAMES || '{}' }}\n", "", HANDED),
        Mutant("Bicep", "infra/main.bicepparam", "'VISITBRIDGE_PORTAL_URL'", "'VISITBRIDGE_PORTAL'", HANDED),
        Mutant("page", PAGE, "| `VISITBRIDGE_MONTHLY_BUDGET` |", "| `VISITBRIDGE_BUDGET` |", FLOWS + "what_can_be_chosen_is_on_the_page"),
        Mutant("Bicep", "infra/main.bicepparam", "param monthlyBudget", "param budget", AGREED),
        Mutant("Bicep", "infra/environments/trial.bicepparam", "param lockData = false", "param lockData = 'no'", AGREED),
    ],
    "doors that are shut": [
        Mutant("Bicep", STORAGE, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", SHUT),
        Mutant("Bicep", VAULT, "    enablePurgeProtection: true\n", "", SHUT),
        Mutant("Bicep", LOGS, "DisableLocalAuth: true", "DisableLocalAuth: false", SHUT),
        Mutant("Bicep", VAULT, "publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'", "publicNetworkAccess: 'Enabled'",
               STAMPS + "a_private_network_shuts_what_holds_data"),
        Mutant("Bicep", "infra/modules/network.bicep", "  { name: 'queue',", "  { name: 'file',",
               STAMPS + "a_private_network_has_a_door_to_each_service_that_the_app_uses"),
        Mutant("Bicep", APP, "for door in ['ftp', 'scm']", "for door in ['ftp']", STAMPS + "neither_logs_nor_code_come_by_a_key_or_password"),
    ],
    "tags, pins, places, order": [
        Mutant("Bicep", "infra/modules/workbook.bicep", "  tags: tags\n", "", STAMPS + "everything_that_lies_somewhere_is_tagged"),
        Mutant("Bicep", ALERTS, "action-group:0.8.0'", "action-group:0.8'", STAMPS + "azure_verified_modules_are_pinned_and_send_no_telemetry"),
        Mutant("Bicep", STAMP, "module alerts './modules/alerts.bicep'", "module alerts './modules/events.bicep'",
               STAMPS + "events_are_subscribed_by_the_hook_after_the_code_and_by_nothing_before"),
        Mutant("Bicep", STORAGE, "'Standard_ZRS'", "'Standard_GRS'", STAMPS + "data_of_texts_and_logs_stays_with_the_stamp"),
        Mutant("Bicep", "infra/environments/production.bicepparam", "dataLocation: 'Europe'", "dataLocation: 'EU'",
               STAMPS + "every_parameter_file_names_geographies_that_a_stamp_can_be"),
        Mutant("workflow", ".github/workflows/release.yml", "          sbom-path: release/portal.cdx.json\n", "",
               STAMPS + "a_release_has_bills_of_materials_and_a_proof_of_where_it_was_made"),
    ],
    "locks": [
        Mutant("Bicep", "infra/modules/texting.bicep", "level: 'CanNotDelete'", "level: 'ReadOnly'",
               AGREE + "what_cannot_be_made_again_is_locked"),
        Mutant("Bicep", STAMP, "    dataLocation: dataLocation\n    lockData: lockData", "    dataLocation: dataLocation\n    lockData: false",
               AGREE + "what_cannot_be_made_again_is_locked"),
    ],
    "workflows": [
        Mutant("workflow", DEPLOY, "@f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca # v3.0.1", "@v3", FLOWS + "every_action_is_pinned_by_its_hash_and_says_its_version"),
        Mutant("workflow", ".github/workflows/ci.yml", "      contents: read", "      contents: write", FLOWS + "permissions_are_none_but_what_a_job_names"),
        Mutant("workflow", ".github/workflows/ci.yml", "bash .ci/run", "scripts/test", FLOWS + "ci_is_our_own_and_a_release_passes_it_first"),
        Mutant("workflow", DEPLOY, "client-id: ${{ vars.AZURE_CLIENT_ID }}", "creds: ${{ secrets.AZURE }}", FLOWS + "no_secret_is_kept_at_github"),
    ],
    "an administrator's scripts: dry unless told": [
        Mutant("script", "infra/admin/consent", '  if [ -n "$apply" ]; then\n    "$@" >/dev/null', '  if true; then\n    "$@" >/dev/null', DRY),
        Mutant("script", "infra/admin/Teams.ps1", "", "\nGrant-CsApplicationAccessPolicy -PolicyName $PolicyName -Global\n",
               ADMIN + "powershell_changes_nothing_unless_told_to"),
        Mutant("script", "infra/admin/Consent.ps1", "    if ($Apply) {\n        & $How", "    if ($true) {\n        & $How; & $How",
               ADMIN + "powershell_changes_nothing_unless_told_to"),
    ],
    "the Bicep checks": [
        Mutant("Bicep", VAULT, "enableRbacAuthorization: true", "enableRbacAuthorisation: true", WALK),
        Mutant("Bicep", STORAGE, "allowSharedKeyAccess: false", "allowSharedKeyAccess: 'no'", WALK),
        Mutant("Bicep", APP, "Microsoft.Web/serverfarms@2024-11-01' = {", "Microsoft.Web/serverfarm@2024-11-01' = {", BICEP + "every_resource_has_only_known_properties"),
        Mutant("Bicep", STAMP, "    retentionDays: logRetentionDays\n", "    retention: logRetentionDays\n", AGREED),
        Mutant("Bicep", ALERTS, "scopes: [functionAppId]", "scopes: [functionApp]", AGREED),
        Mutant("Bicep", MAIN, "", "output SPARE object = { urls: [for one in stamps: one.publicUrl] }\n", AGREED),
        Mutant("Bicep", ENTRA, "@batchSize(1)\nresource", "@batchSize(1\nresource", AGREED),
        Mutant("Bicep", APP, ": nothing is kept on a disk\n  // checkov:skip=CKV_AZURE_213", ":\n  // checkov:skip=CKV_AZURE_213",
               BICEP + "what_checkov_is_told_to_skip_has_a_reason"),
    ],
}
