// As production in kind, small in size: what is released is tried here first.
using '../main.bicep'

param environmentName = 'staging'
param location = 'eastus2'
param geos = [
  { name: 'amer', location: 'eastus2', dataLocation: 'United States', addressPrefix: '10.30.0.0/24' }
]
param entraClientId = 'c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51'
param privateNetwork = true
param alertEmails = ['virtual-care@northlake.example']
param monthlyBudget = 200
