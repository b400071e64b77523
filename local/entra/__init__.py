"""The Entra stand-in: Node with `oidc-provider` behind Entra's addresses, token shapes and rules (`server.mjs`)."""
