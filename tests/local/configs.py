"""A stack's configuration for tests: free ports, certificates, nothing started."""

from pathlib import Path

from local import certificates, ports
from local.config import StackConfig

SECRETS = {
    "master_key": "master-for-tests",
    "identity_header": "header-for-tests",
    "entra_control": "control-for-tests",
    "eventgrid_key": "eventgrid-for-tests",
}


def a_config(tmp_path: Path) -> StackConfig:
    """A configuration in a folder of its own."""
    config = StackConfig(tmp_path, ports.choose(), dict(SECRETS))
    certificates.make(config)
    return config
