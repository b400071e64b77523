"""What is measured, one line of the log each, which the platform's log store turns into numbers.

Names, units and attributes follow OpenTelemetry's conventions (https://opentelemetry.io/docs/specs/semconv/general/):
docs/operator/telemetry.md. A value is one of a few fixed words: never an id, a number or a name of a person.
"""

import logging

log = logging.getLogger("visitbridge.metrics")

METRICS = {
    "visitbridge.certificate.remaining": ("s", "For how long a connection still has a sender certificate, each day"),
    "visitbridge.device_test.kept": ("{test}", "Device tests whose result was kept with a visit, by result"),
    "visitbridge.guest.entered": ("{guest}", "Guests who went into a meeting by their link"),
    "visitbridge.guest.invited": ("{link}", "Links made for guests, by role"),
    "visitbridge.launch.begun": ("{launch}", "Launches that went on to the EHR's sign-in"),
    "visitbridge.launch.returned": ("{launch}", "Launches that came back from it as who they should be"),
    "visitbridge.launch.entered": ("{launch}", "Launches that ended in the visit"),
    "visitbridge.launch.refused": ("{launch}", "Launches that were refused, by the code of errors.md"),
    "visitbridge.lobby.wait": ("s", "From when the first patient waited to when they were let in"),
    "visitbridge.patient.held": ("{page}", "Patients' pages shown instead of the room, by why: early, waiting, unfit"),
    "visitbridge.queue.poisoned": ("{message}", "Messages that failed five times"),
    "visitbridge.text.ended": ("{text}", "Texts whose fate is known, and why one failed"),
    "visitbridge.text.lateness": ("s", "From when a text ought to have left to when the gateway had it"),
    "visitbridge.text.reply": ("{text}", "Replies of patients that asked for something"),
    "visitbridge.tick.handed": ("{visit}", "Visits that a tick handed to the workers"),
    "visitbridge.tick.waiting": ("{text}", "Texts that are owed and wait for their sender's pace"),
    "visitbridge.visit.received": ("{message}", "Appointment messages taken, by what they say happens"),
    "visitbridge.writeback.given_up": ("{update}", "Statuses that were not written to the EHR, by the code of why"),
    "visitbridge.writeback.paused": (
        "{connection}",
        "Connections whose EHR takes no statuses: as the pause begins, and at each probe that fails; by the code",
    ),
}

# What OpenTelemetry has a name for; any other attribute stands under ours.
ATTRIBUTES = {"code": "error.type", "queue": "messaging.destination.name"}


def measure(name: str, value: float, **attributes: str) -> None:
    """Notes one measurement. `name` is one of METRICS, which has its unit."""
    unit, _ = METRICS[name]
    words = "".join(f" {ATTRIBUTES.get(key, 'visitbridge.' + key)}={word}" for key, word in sorted(attributes.items()))
    log.info("metric %s=%.3f unit=%s%s", name, value, unit, words)
