// The stamp's storage: tables, queues, the platform's own state and the app's package. No keys, no anonymous reading.

@description('Name of the account, 24 characters at most.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Reached through private endpoints only.')
param privateNetwork bool

@description('Locks the account against deletion.')
param lockData bool

@description('Where metrics go.')
param workspaceId string

@description('Tags.')
param tags object

// tests/infra hold these against shared/adapters/tables.py and queues.py.
var tables = ['tenants', 'connections', 'issuers', 'audit', 'clinicians', 'visits', 'optouts', 'work', 'facts']
var queues = ['due', 'notifications', 'operations']
var poisonQueues = [for one in queues: '${one}-poison']
var packageContainerName = 'app-package'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // checkov:skip=CKV_AZURE_206: zone-redundant on purpose: a copy in another region would leave the geography
  // checkov:skip=CKV_AZURE_59: Entra and roles are the door; with privateNetwork the network is closed too
  // checkov:skip=CKV_AZURE_35: without a virtual network the functions have no fixed address to let in
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      // Can be set only now; without it tables and queues could never get a key of the hospital's own.
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobService
  name: packageContainerName
  properties: {
    publicAccess: 'None'
  }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for one in concat(queues, poisonQueues): {
    parent: queueService
    name: one
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for one in tables: {
    parent: tableService
    name: one
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (lockData) {
  name: 'visitbridge-data'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Visits, opt-outs and the audit trail are here. Take the lock away before azd down.'
  }
}

// Counts and times only: the services' own logs would hold the keys of rows and messages.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: account
  properties: {
    workspaceId: workspaceId
    metrics: [
      { category: 'Transaction', enabled: true }
    ]
  }
}

output id string = account.id
output name string = account.name
output blobUri string = account.properties.primaryEndpoints.blob
output queueUri string = account.properties.primaryEndpoints.queue
output tableUri string = account.properties.primaryEndpoints.table
output packageContainer string = '${account.properties.primaryEndpoints.blob}${packageContainerName}'
