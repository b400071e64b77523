"""Which numbers can be had for texts, and which of them the carriers want registered first. The one place for both.

https://learn.microsoft.com/azure/communication-services/concepts/numbers/phone-number-management-for-united-states
(and -for-canada): toll-free texts in both, local numbers in the United States alone, by 10DLC.
"""

from typing import Literal

Country = Literal["CA", "US"]
NumberType = Literal["tollFree", "geographic"]

OFFERED: dict[Country, tuple[NumberType, ...]] = {"US": ("tollFree", "geographic"), "CA": ("tollFree",)}


def needs_verification(country: str, kind: str) -> bool:
    """Whether carriers block the number until they have verified who sends from it.

    Toll-free since 2024-01-31 (https://learn.microsoft.com/azure/communication-services/concepts/sms/sms-faq); local
    numbers need the brand and campaign registration of 10DLC for the same effect.
    """
    return any(country == offered and kind in types for offered, types in OFFERED.items())
