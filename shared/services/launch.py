"""From the chart, the patient portal or a text into the room; the approver's sign-in, which is one of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shared.services.messages import MessageServices

if TYPE_CHECKING:
    from shared.launch.approval import Approvals
    from shared.launch.device_test import DeviceTests
    from shared.launch.ehr import EhrSignIn
    from shared.launch.entry import Entry
    from shared.launch.guesses import Guesses
    from shared.launch.guests import GuestLinks
    from shared.launch.launch import Launches
    from shared.launch.microsoft import ClinicianSignIn
    from shared.launch.visit_page import VisitPages


class LaunchServices(MessageServices):
    """From the chart, the patient portal or a text into the room; the approver's sign-in, which is one of them."""

    @cached_property
    def sign_in(self) -> EhrSignIn:
        from shared.launch.ehr import EhrSignIn

        return EhrSignIn(self.connections, self.epic, self.assertions, self.keys, self.clock)

    @cached_property
    def approvals(self) -> Approvals:
        from shared.launch.approval import Approvals

        return Approvals(self.settings, self.connections, self.sign_in, self.audit, self.keys, self.clock)

    @cached_property
    def guesses(self) -> Guesses:
        """One budget of misses for all kinds of links."""
        from shared.launch.guesses import Guesses

        return Guesses(self.clock)

    @cached_property
    def entry(self) -> Entry:
        from shared.launch.entry import Entry

        return Entry(self.settings, self.visits, self.rooms, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def guest_links(self) -> GuestLinks:
        from shared.launch.guests import GuestLinks

        return GuestLinks(self.visits, self.rooms, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def device_tests(self) -> DeviceTests:
        from shared.launch.device_test import DeviceTests

        return DeviceTests(self.visits, self.connections, self.keys, self.guesses, self.clock)

    @cached_property
    def visit_pages(self) -> VisitPages:
        from shared.launch.visit_page import VisitPages

        return VisitPages(
            self.settings,
            self.visits,
            self.rooms,
            self.connections,
            self.texts_on,
            self.issue_form,
            self.keys,
            self.clock,
        )

    @cached_property
    def clinician_sign_in(self) -> ClinicianSignIn:
        from shared.adapters.entra import MicrosoftSignIn
        from shared.launch.microsoft import ClinicianSignIn

        microsoft = MicrosoftSignIn(self.settings, self.identity.assertion)
        return ClinicianSignIn(
            microsoft, self.clinicians, self.connections, self.entry, self.audit, self.keys, self.clock
        )

    @cached_property
    def launches(self) -> Launches:
        from shared.launch.launch import Launches

        return Launches(
            self.settings,
            self.connections,
            self.sign_in,
            self.clinician_sign_in,
            self.clinicians,
            self.entry,
            self.issue_form,
            self.sightings,
            self.clock,
        )
