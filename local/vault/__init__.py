"""Stand-in for Azure Key Vault: the data plane for secrets and keys, as the Azure SDKs speak it.

Not modelled: role-based access (any token of the tenant may do everything), certificates, backup and restore, key
rotation policies, managed HSM operations, throttling, and the seconds that real deletes and purges take.
"""
