// One geography: its own function app, storage, vault, texts, logs and alerts. It knows of no other stamp.
targetScope = 'resourceGroup'

@description('Which geography this is.')
@allowed(['amer', 'emea', 'apac'])
param geography string

@description('The Azure region of everything that has one.')
param location string

@description('Where Communication Services keeps its data at rest; it cannot be changed later.')
@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
])
param dataLocation string

@description('What makes the names of this deployment unique.')
@minLength(13)
@maxLength(13)
param token string

@description('Name of the function app.')
param functionAppName string

@description('The address under which browsers, EHRs, Graph and patients reach it.')
param publicUrl string

@description('The portal\'s address: the one origin that may call the API from a browser.')
param portalUrl string

@description('The Entra tenant of the health organisation.')
param entraTenantId string

@description('The app registration.')
param entraClientId string

@description('Tenants of affiliates, with commas between them.')
param entraAffiliateTenantIds string

@description('The managed identity: resource id.')
param identityId string

@description('The managed identity: client id.')
param identityClientId string

@description('The managed identity: object id, which roles are granted to.')
param identityPrincipalId string

@description('How the function app scales.')
param scale object

@description('Values of settings that one may tune.')
param settings object

@description('Storage and vault behind private endpoints.')
param privateNetwork bool

@description('Addresses of the virtual network, ending in .0/24.')
param addressPrefix string

@description('Who gets the alerts.')
param alertEmails array

@description('Locks storage, vault and phone numbers against deletion.')
param lockData bool

@description('For how many days logs are kept.')
param logRetentionDays int

@description('Tags of every resource.')
param tags object

// What one may tune, and what the deployment knows best. docs/settings.md has the meaning of each.
var defaults = {
  CLAIM_LEASE_SECONDS: '120'
  SMS_PER_MINUTE: '0'
  SMS_GATEWAY: 'acs'
  SNS_REGION: ''
  SNS_ROLE_ARN: ''
  SNS_AUDIENCE: ''
  MONTHLY_ALLOWANCE: '0'
  CALL_QUALITY: 'false'
  REPORT_RETENTION_MONTHS: '24'
  AUDIT_RETENTION_YEARS: '6'
}
var given = {
  PUBLIC_URL: publicUrl
  PORTAL_URL: portalUrl
  GEOGRAPHY: geography
  ENTRA_TENANT_ID: entraTenantId
  ENTRA_AFFILIATE_TENANT_IDS: entraAffiliateTenantIds
  ENTRA_CLIENT_ID: entraClientId
  ENTRA_AUTHORITY_HOST: 'https://login.microsoftonline.com'
  MANAGED_IDENTITY_CLIENT_ID: identityClientId
  GRAPH_URL: 'https://graph.microsoft.com'
  VAULT_URL: vault.outputs.url
  SMS_ENDPOINT: texting.outputs.endpoint
  ALLOW_LOOPBACK: 'false'
  SNS_ENDPOINT: ''
  AzureWebJobsStorage__blobServiceUri: storage.outputs.blobUri
  AzureWebJobsStorage__queueServiceUri: storage.outputs.queueUri
  AzureWebJobsStorage__tableServiceUri: storage.outputs.tableUri
}

module monitoring './modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    geography: geography
    location: location
    retentionDays: logRetentionDays
    tags: tags
  }
}

module network './modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    geography: geography
    location: location
    addressPrefix: addressPrefix
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    tags: tags
  }
}

module storage './modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'stvb${geography}${token}'
    location: location
    privateNetwork: privateNetwork
    lockData: lockData
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module vault './modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-vb-${geography}-${token}'
    location: location
    privateNetwork: privateNetwork
    lockData: lockData
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module texting './modules/texting.bicep' = {
  name: 'texting'
  params: {
    name: 'acs-visitbridge-${geography}-${token}'
    dataLocation: dataLocation
    lockData: lockData
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module roles './modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identityPrincipalId
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    textingName: texting.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module app './modules/app.bicep' = {
  name: 'app'
  // Without its roles the app could neither fetch its package nor start.
  dependsOn: [roles]
  params: {
    name: functionAppName
    location: location
    tags: tags
    identityId: identityId
    identityClientId: identityClientId
    packageContainer: storage.outputs.packageContainer
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    portalUrl: portalUrl
    scale: scale
    workspaceId: monitoring.outputs.workspaceId
    insightsConnection: monitoring.outputs.connectionString
    settings: union(defaults, settings, given)
  }
}

module alerts './modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    geography: geography
    location: location
    functionAppId: app.outputs.id
    healthUrl: '${publicUrl}/api/health'
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    emails: alertEmails
    tags: tags
  }
}

module workbook './modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    geography: geography
    location: location
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

output vaultName string = vault.outputs.name
output systemTopicName string = texting.outputs.systemTopicName
