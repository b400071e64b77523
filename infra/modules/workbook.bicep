// The picture of a day: visits, waiting, texts, lateness, launches. Counts only; nobody is in them.

@description('Which geography.')
param geography string

@description('Region.')
param location string

@description('Where the logs are.')
param workspaceId string

@description('Tags.')
param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'visitbridge', geography)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'VisitBridge ${geography}'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: loadTextContent('./workbook.json')
  }
}
