// The function app on Flex Consumption, and its settings.

@description('Name of the function app.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The managed identity: resource id.')
param identityId string

@description('The managed identity: client id.')
param identityClientId string

@description('The blob container of the app\'s package, by its URL.')
param packageContainer string

@description('The subnet that the app calls from; empty: none.')
param subnetId string

@description('The one origin whose pages may call.')
param portalUrl string

@description('{ alwaysReadyHttp, httpConcurrency, maximumInstances, instanceMemoryMB }.')
param scale object

@description('Where metrics go.')
param workspaceId string

@description('Connection string of Application Insights: where it is, no key that opens it.')
param insightsConnection string

@description('The product\'s settings and the addresses of storage: docs/settings.md.')
param settings object

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  // checkov:skip=CKV_AZURE_212: Flex Consumption has no number of instances to set here
  // checkov:skip=CKV_AZURE_225: zones: Flex Consumption offers them in some regions only
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  // checkov:skip=CKV_AZURE_212: Flex Consumption has no minimum; scale.alwaysReadyHttp keeps instances warm
  // checkov:skip=CKV_AZURE_17: a sender proves itself by signature: the platform's client certificates do not reach Flex
  // checkov:skip=CKV_AZURE_222: patients come from the internet
  // checkov:skip=CKV_AZURE_13: the app checks tokens itself: EHRs, patients and Graph have no Entra account
  // checkov:skip=CKV_AZURE_78: Flex Consumption has no FTP, and its setting is deprecated there
  // checkov:skip=CKV_AZURE_80: Linux; the version is functionAppConfig.runtime
  // checkov:skip=CKV_AZURE_88: nothing is kept on a disk
  // checkov:skip=CKV_AZURE_213: health is /api/health, watched from outside; Flex has no health check of its own
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        alwaysReady: scale.alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: scale.alwaysReadyHttp }] : []
        maximumInstanceCount: scale.maximumInstances
        instanceMemoryMB: scale.instanceMemoryMB
        triggers: {
          // Said, because Python's default is one request at a time: Graph would then wait for a cold instance.
          http: { perInstanceConcurrency: scale.httpConcurrency }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
      cors: {
        allowedOrigins: [portalUrl]
        supportCredentials: false
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  // checkov:skip=CKV_AZURE_13: these are environment variables, not the site's configuration, which is above
  // checkov:skip=CKV_AZURE_63: environment variables; the host logs through Application Insights
  // checkov:skip=CKV_AZURE_65: environment variables; detailed errors would quote requests
  // checkov:skip=CKV_AZURE_66: environment variables; failed requests are traced by Application Insights
  // checkov:skip=CKV_AZURE_80: environment variables; there is no .NET here
  // checkov:skip=CKV_AZURE_88: environment variables; nothing is kept on a disk
  // checkov:skip=CKV_AZURE_222: environment variables; patients come from the internet
  parent: app
  name: 'appsettings'
  properties: union(settings, {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  })
}

// Code comes with Entra's tokens, never with a password.
resource noPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = [
  for door in ['ftp', 'scm']: {
    parent: app
    name: door
    properties: {
      allow: false
    }
  }
]

// Logs come through Application Insights, scrubbed; these are numbers only.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [
      { category: 'AllMetrics', enabled: true }
    ]
  }
}

output id string = app.id
