// Texts: the Communication Services resource, and the topic its events come from.

@description('Name of the resource.')
param name string

@description('Where its data is at rest.')
param dataLocation string

@description('Locks the resource against deletion.')
param lockData bool

@description('Where metrics and failed sign-ins go.')
param workspaceId string

@description('Tags.')
param tags object

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${name}'
  location: 'global'
  tags: tags
  properties: {
    source: communication.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (lockData) {
  name: 'visitbridge-numbers'
  scope: communication
  properties: {
    level: 'CanNotDelete'
    notes: 'Phone numbers go with it and cannot be bought again. Take the lock away before azd down.'
  }
}

// Not its SMS logs: they hold patients' numbers.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'sign-ins'
  scope: communication
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'AuthOperational', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

resource topicDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'failures'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'DeliveryFailures', enabled: true }
    ]
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
output systemTopicName string = topic.name
