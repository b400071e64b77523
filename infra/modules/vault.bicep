// The stamp's vault: signing keys that never leave it, and later the secrets that the app and the first hook write.

@description('Name of the vault, 24 characters at most.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Reached through private endpoints only.')
param privateNetwork bool

@description('Locks the vault against deletion.')
param lockData bool

@description('Where the record of who used what goes.')
param workspaceId string

@description('Tags.')
param tags object

// tests/infra hold names and sizes against shared/keys/signing.py and shared/rooms/envelope.py.
var environments = ['testing', 'production']

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  // checkov:skip=CKV_AZURE_109: Entra and roles are the door; with privateNetwork the network is closed too
  // checkov:skip=CKV_AZURE_189: the app itself comes from no fixed address unless privateNetwork gives it one
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }
}

// A deployment makes a key where there is none, and leaves one that exists as it is.
resource signingEc 'Microsoft.KeyVault/vaults/keys@2025-05-01' = [
  for environment in environments: {
    // checkov:skip=CKV_AZURE_112: signatures of minutes' life; the premium vault is for whoever must have hardware
    // checkov:skip=CKV_AZURE_40: an expired key would stop every launch; rotation is by docs/operator
    parent: vault
    name: 'smart-${environment}-es384'
    properties: {
      kty: 'EC'
      curveName: 'P-384'
      keyOps: ['sign', 'verify']
    }
  }
]

resource signingRsa 'Microsoft.KeyVault/vaults/keys@2025-05-01' = [
  for environment in environments: {
    // checkov:skip=CKV_AZURE_112: signatures of minutes' life; the premium vault is for whoever must have hardware
    // checkov:skip=CKV_AZURE_40: an expired key would stop every launch; rotation is by docs/operator
    parent: vault
    name: 'smart-${environment}-rs384'
    properties: {
      kty: 'RSA'
      keySize: 2048
      keyOps: ['sign', 'verify']
    }
  }
]

resource notifications 'Microsoft.KeyVault/vaults/keys@2025-05-01' = {
  // checkov:skip=CKV_AZURE_112: it opens roster events that live for minutes
  // checkov:skip=CKV_AZURE_40: an expired key would stop every roster event; rotation is by docs/operator
  parent: vault
  name: 'graph-notifications'
  properties: {
    kty: 'RSA'
    keySize: 2048
    keyOps: ['encrypt', 'decrypt']
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (lockData) {
  name: 'visitbridge-keys'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'Without these keys nothing that is stored can be read. Take the lock away before azd down.'
  }
}

// Who used which key or secret when: names and callers, no values.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      { categoryGroup: 'audit', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

output id string = vault.id
output name string = vault.name
output url string = vault.properties.vaultUri
