// What the app's identity may do, all of it. tests/infra hold this table against what the code calls.

@description('Object id of the managed identity.')
param principalId string

@description('The stamp\'s storage account.')
param storageName string

@description('The stamp\'s vault.')
param vaultName string

@description('The stamp\'s Communication Services resource.')
param textingName string

@description('The stamp\'s Application Insights.')
param insightsName string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  storage: [
    { role: 'Storage Blob Data Owner', id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' } // the timer's lease, the package
    { role: 'Storage Queue Data Contributor', id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' }
    { role: 'Storage Table Data Contributor', id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' }
  ]
  vault: [
    { role: 'Key Vault Crypto User', id: '12338af0-0e69-4776-bea7-57ae8d297424' } // signs and decrypts, makes no key
    { role: 'Key Vault Secrets Officer', id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' } // keeps senders' certificates
  ]
  texting: [
    { role: 'Contributor', id: 'b24988ac-6180-42a0-ab88-20f7382dd24c' } // of this one resource; no narrower one sends
  ]
  insights: [
    { role: 'Monitoring Metrics Publisher', id: '3913510d-42f4-4e42-8a64-420c390055eb' }
  ]
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource texting 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: textingName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource onStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in roles.storage: {
    name: guid(storage.id, principalId, one.id)
    scope: storage
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.id)
      description: one.role
    }
  }
]

resource onVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in roles.vault: {
    name: guid(vault.id, principalId, one.id)
    scope: vault
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.id)
      description: one.role
    }
  }
]

resource onTexting 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in roles.texting: {
    name: guid(texting.id, principalId, one.id)
    scope: texting
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.id)
      description: one.role
    }
  }
]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in roles.insights: {
    name: guid(insights.id, principalId, one.id)
    scope: insights
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', one.id)
      description: one.role
    }
  }
]
