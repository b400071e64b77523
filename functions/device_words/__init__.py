"""What the device test says, a file a language: the seven languages of the texts. Loaded when somebody tests a device.

A check's outcome stands under `<check>_<outcome>`, as in `shared.visits.device.CHECKS`; help with permissions under
`help_<browser>`.
"""

from importlib import import_module


def words_of(language: str) -> dict[str, str]:
    """The words of a language of `functions.page_words.WORDS`."""
    words: dict[str, str] = import_module(f"functions.device_words.{language}").WORDS
    return words
