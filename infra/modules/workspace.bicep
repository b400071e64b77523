// The Log Analytics workspace of a stamp.

@description('Name.')
param name string

@description('Region.')
param location string

@description('For how many days logs are kept.')
param retentionDays int

@description('The rule that every record passes before it is kept; empty: none yet.')
param scrubRuleId string

@description('Tags.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    defaultDataCollectionRuleResourceId: empty(scrubRuleId) ? null : scrubRuleId
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

output id string = workspace.id
