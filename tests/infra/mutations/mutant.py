"""What a mutation is, and the files and tests that both tables name."""

from typing import NamedTuple

AGREE = "tests/infra/test_agreement.py::test_"
TELEMETRY = "tests/infra/test_telemetry.py::test_"
HOOKS = "tests/infra/test_hooks.py::test_"
BICEP = "tests/infra/test_bicep.py::test_"
FLOWS = "tests/infra/test_workflows.py::test_"
ADMIN = "tests/infra/test_admin.py::test_"
STAMPS = "tests/infra/test_stamp.py::test_"
SETTINGS = "tests/docs/test_settings.py::test_"

STAMP, MAIN, ENTRA = "infra/stamp.bicep", "infra/main.bicep", "infra/entra.bicep"
APP, ROLES, STORAGE = "infra/modules/app.bicep", "infra/modules/roles.bicep", "infra/modules/storage.bicep"
VAULT, EVENTS, ALERTS = "infra/modules/vault.bicep", "infra/modules/events.bicep", "infra/modules/alerts.bicep"
WORKBOOK, LOGS = "infra/modules/workbook.json", "infra/modules/monitoring.bicep"
TABLE, DEPLOY, PAGE = "shared/settings_table.py", ".github/workflows/deploy.yml", "docs/operator/deploy.md"


class Mutant(NamedTuple):
    """One change to one side: `old`, once in the file, becomes `new`; nothing: `new` is added at the end.

    `test` must fail then.
    """

    side: str
    path: str
    old: str
    new: str
    test: str


type Pairs = dict[str, list[Mutant]]
