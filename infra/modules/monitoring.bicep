// Logs and traces: one workspace, one Application Insights without keys, and a rule that drops what may not be kept.

@description('Which geography.')
param geography string

@description('Region.')
param location string

@description('For how many days logs are kept.')
param retentionDays int

@description('Tags.')
param tags object

var workspaceName = 'log-visitbridge-${geography}'

module workspace './workspace.bicep' = {
  name: 'workspace'
  params: {
    name: workspaceName
    location: location
    retentionDays: retentionDays
    scrubRuleId: ''
    tags: tags
  }
}

// The second bolt: host.json sends no addresses, paths or bodies to begin with. A launch's query and a text's link open
// something, so a setting that someone changes must not be all that keeps them out of the logs.
resource scrub 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'dcr-visitbridge-scrub-${geography}'
  location: location
  tags: tags
  kind: 'WorkspaceTransforms'
  properties: {
    dataSources: {}
    destinations: {
      logAnalytics: [
        { name: 'workspace', workspaceResourceId: workspace.outputs.id }
      ]
    }
    dataFlows: [
      {
        streams: ['Microsoft-Table-AppRequests']
        destinations: ['workspace']
        transformKql: 'source | extend Url = "", Source = "", ClientIP = "", Properties = parse_json("{}")'
      }
      {
        streams: ['Microsoft-Table-AppDependencies']
        destinations: ['workspace']
        transformKql: 'source | extend Data = "", ClientIP = "", Name = tostring(split(tostring(split(Name, "?")[0]), "/api/")[0])'
      }
      {
        streams: ['Microsoft-Table-AppTraces']
        destinations: ['workspace']
        transformKql: 'source | extend ClientIP = "", Message = tostring(split(tostring(split(Message, "?")[0]), "/api/")[0])'
      }
      {
        // An error's text may quote what was sent; our own lines tell its type and place.
        streams: ['Microsoft-Table-AppExceptions']
        destinations: ['workspace']
        transformKql: 'source | extend ClientIP = "", Message = "", OuterMessage = "", InnermostMessage = "", Details = parse_json("[]"), Properties = parse_json("{}")'
      }
    ]
  }
}

// Once more, now with the rule, which could not be made before the workspace it names.
module scrubbed './workspace.bicep' = {
  name: 'workspace-scrubbed'
  params: {
    name: workspaceName
    location: location
    retentionDays: retentionDays
    scrubRuleId: scrub.id
    tags: tags
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-visitbridge-${geography}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: scrubbed.outputs.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

output workspaceId string = scrubbed.outputs.id
output insightsId string = insights.id
output insightsName string = insights.name
output connectionString string = insights.properties.ConnectionString
