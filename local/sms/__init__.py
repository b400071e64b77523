"""Stand-in for Azure Communication Services: text messages, their delivery reports, opt-outs and phone numbers.

It takes what the official clients send, over TLS, and shows on the control address what a patient's phone would get.
Not modelled: short codes, alphanumeric senders, messaging connect partners, ten-digit long code campaigns, number
reservations, and the carrier's own answer to STOP.
"""
