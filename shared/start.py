"""What is looked at when the process starts, before anything is asked of it.

With a wrong setting every request is refused and no work is done: each needs the settings and meets the same error.
The app's start only says so at once, where an operator looks, instead of at the first request. It does not end the
process: an app that cannot be listed answers 404 to its health check, too, which tells less than 503.
"""

import logging
import os
from collections.abc import Mapping

from shared.settings import Settings, SettingsError

log = logging.getLogger("visitbridge.start")


def check(environment: Mapping[str, str] = os.environ) -> bool:
    """Logs an error for each setting that is missing or not valid; whether all are well."""
    try:
        Settings.from_environment(environment)
    except SettingsError as error:
        for problem in error.problems:
            # Words of ours alone; an exception's own are cut from the log (`telemetry.py`).
            log.error("setting %s", problem)  # noqa: TRY400
        return False
    return True
