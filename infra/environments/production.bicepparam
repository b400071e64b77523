// Two geographies, own domains, private endpoints. `az deployment sub create --parameters` takes this file; azd takes
// infra/main.bicepparam, so copy what you need there.
using '../main.bicep'

param environmentName = 'production'
param location = 'eastus2'
param geos = [
  {
    name: 'amer'
    location: 'eastus2'
    dataLocation: 'United States'
    publicUrl: 'https://visits-amer.northlake.example'
    addressPrefix: '10.20.0.0/24'
  }
  {
    name: 'emea'
    location: 'westeurope'
    dataLocation: 'Europe'
    publicUrl: 'https://visits-emea.northlake.example'
    addressPrefix: '10.20.1.0/24'
  }
]
param entraClientId = 'c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51'
param portalUrl = 'https://portal.northlake.example'
param scale = {
  alwaysReadyHttp: 2
  httpConcurrency: 16
  maximumInstances: 400
  instanceMemoryMB: 2048
}
param privateNetwork = true
param alertEmails = ['on-call@northlake.example']
param monthlyBudget = 2000
param logRetentionDays = 180
param tags = {
  owner: 'virtual-care'
  dataClassification: 'health'
}
