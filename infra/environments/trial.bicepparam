// To try it: one geography, nothing kept warm, nothing locked.
using '../main.bicep'

param environmentName = 'trial'
param location = 'eastus2'
param geos = [
  { name: 'amer', location: 'eastus2', dataLocation: 'United States' }
]
param createEntraApp = true
param scale = {
  alwaysReadyHttp: 0
  httpConcurrency: 16
  maximumInstances: 40
  instanceMemoryMB: 2048
}
param lockData = false
param logRetentionDays = 30
