"""A month's allowance of visits, such as a licence's: what is used, what is left, by how much it is exceeded.

Nothing is ever blocked: it is for those who plan and pay.
"""

from datetime import timedelta

from shared.reports.days import FactDays
from shared.reports.ranges import Days, following
from shared.reports.shown import AllowanceMonth


class Allowance:
    """`monthly`: how many completed visits a month are agreed on for each tenant; 0: nothing is."""

    def __init__(self, days: FactDays, monthly: int) -> None:
        self._days = days
        self._monthly = monthly

    async def months(self, tenant: str, days: Days) -> list[AllowanceMonth]:
        """Every month that the range touches, each as a whole and over all connections."""
        if not self._monthly:
            return []
        months = []
        for first in days.months():
            whole = Days(first, following(first, "month") - timedelta(days=1))
            found = await self._days.read(tenant, "", whole)
            used = sum(counts.get("completed", 0) for each in found for counts in each.departments.values())
            months.append(
                AllowanceMonth(
                    month=f"{first:%Y-%m}",
                    allowance=self._monthly,
                    used=used,
                    remaining=max(0, self._monthly - used),
                    exceeded=max(0, used - self._monthly),
                )
            )
        return months
