// The first value of the secret that seals and hashes. Deployed by a hook once, where the vault has none yet: through
// Azure Resource Manager, so that the vault may be closed to the network and the deployer needs no role in it.

@description('The stamp\'s vault.')
param vaultName string

@description('The secret\'s value, made by the hook; a secure parameter is in no deployment\'s record.')
@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  // checkov:skip=CKV_AZURE_41: an expired value would make all that is stored unreadable; rotation is by docs/operator
  parent: vault
  name: 'data-keys'
  properties: {
    contentType: 'application/json'
    value: value
  }
}
