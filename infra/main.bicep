// Everything of one deployment: the portal, and one stamp for each geography. Nothing crosses a stamp.
targetScope = 'subscription'

@description('Name of the environment, by which azd finds what belongs together.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Where this deployment itself is recorded, and the portal\'s resource group. Data stays in the geographies.')
param location string

@description('The geographies, a stamp each: { name: amer | emea | apac, location: region, dataLocation: where Communication Services keeps data, publicUrl: own domain or empty, addressPrefix: of the virtual network, ending in .0/24, settings: of this one alone }.')
@minLength(1)
@maxLength(3)
param geos array

@description('Object id and the like are not needed: an existing app registration by its client id. Empty where createEntraApp is true.')
param entraClientId string = ''

@description('The scope that the portal asks for, where the registration was made by entra.bicep alone: its output `scope`. Empty: that of a registration made by hand.')
param portalScope string = ''

@description('Make the app registration too. The deployer then needs rights in Entra: Application Administrator.')
param createEntraApp bool = false

@description('Grant the registration its permissions on Microsoft Graph. The deployer then needs Privileged Role Administrator.')
param grantGraphPermissions bool = false

@description('Tenants of affiliated organisations, by their ids, with commas between them.')
param entraAffiliateTenantIds string = ''

@description('Where the static web app may be made; its files are served from everywhere.')
param portalLocation string = 'eastus2'

@description('The portal\'s own domain, such as https://portal.northlake.example; empty: the one Azure gives it.')
param portalUrl string = ''

@description('How the function apps scale: { alwaysReadyHttp, httpConcurrency, maximumInstances, instanceMemoryMB }.')
param scale object = {
  alwaysReadyHttp: 1
  httpConcurrency: 16
  maximumInstances: 100
  instanceMemoryMB: 2048
}

@description('Values of settings that one may tune: { CLAIM_LEASE_SECONDS: \'90\' }. docs/settings.md has them all.')
param settings object = {}

@description('Storage, vault and their names behind private endpoints in a virtual network of each stamp.')
param privateNetwork bool = false

@description('Who gets the alerts, by e-mail. Empty: alerts are shown in the Azure portal only.')
param alertEmails array = []

@description('A month\'s budget in the subscription\'s currency, reported at 50, 80 and 100 %; 0: none.')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the month in which the budget was first made, such as 2026-11-01; empty: this month. It cannot be changed later.')
param budgetStart string = ''

@description('Not to be given: a deployment\'s month can be told by a default only.')
param thisMonth string = utcNow('yyyy-MM')

@description('Locks storage, vault and phone numbers against deletion. Take the locks away before `azd down`.')
param lockData bool = true

@description('For how many days logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Further tags for every resource.')
param tags object = {}

var allTags = union(tags, { 'azd-env-name': environmentName, application: 'visitbridge' })
var token = toLower(uniqueString(subscription().id, environmentName))
// Names are made here, because the app registration and the app's own settings need the addresses before the apps exist.
var stamps = [
  for geo in geos: {
    functionApp: 'func-visitbridge-${geo.name}-${token}'
    publicUrl: empty(geo.?publicUrl ?? '') ? 'https://func-visitbridge-${geo.name}-${token}.azurewebsites.net' : geo.publicUrl
  }
]
// Told as an output, from which azd hands it to the next deployment: with another one Azure refuses a budget that exists.
var budgetFrom = empty(budgetStart) ? '${thisMonth}-01' : budgetStart
var publicUrls = [for one in stamps: one.publicUrl]
var uniqueName = 'visitbridge-${environmentName}'
var groupNames = [for geo in geos: 'rg-visitbridge-${environmentName}-${geo.name}']
var clientId = createEntraApp ? entra!.outputs.clientId : entraClientId
var portalOrigin = empty(portalUrl) ? portal.outputs.url : portalUrl

resource portalGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-visitbridge-${environmentName}-portal'
  location: location
  tags: allTags
}

resource groups 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for (geo, i) in geos: {
    name: groupNames[i]
    location: geo.location
    tags: union(allTags, { geography: geo.name })
  }
]

module identities 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = [
  for (geo, i) in geos: {
    name: 'identity'
    scope: groups[i]
    params: {
      name: 'id-visitbridge-${geo.name}'
      location: geo.location
      tags: union(allTags, { geography: geo.name })
      enableTelemetry: false
    }
  }
]

module portal './modules/portal.bicep' = {
  name: 'portal'
  scope: portalGroup
  params: {
    name: 'stapp-visitbridge-${token}'
    location: portalLocation
    tags: allTags
  }
}

module entra './entra.bicep' = if (createEntraApp) {
  name: 'visitbridge-entra-${environmentName}'
  params: {
    uniqueName: uniqueName
    publicUrls: publicUrls
    portalUrl: portalOrigin
    identities: [
      for (geo, i) in geos: {
        name: geo.name
        principalId: identities[i].outputs.principalId
      }
    ]
    multiTenant: !empty(entraAffiliateTenantIds)
    grantGraphPermissions: grantGraphPermissions
    callQuality: contains(['true', '1'], toLower(settings.?CALL_QUALITY ?? 'false'))
  }
}

module stamp './stamp.bicep' = [
  for (geo, i) in geos: {
    name: 'stamp'
    scope: groups[i]
    params: {
      geography: geo.name
      location: geo.location
      dataLocation: geo.dataLocation
      token: token
      functionAppName: stamps[i].functionApp
      publicUrl: stamps[i].publicUrl
      portalUrl: portalOrigin
      entraTenantId: tenant().tenantId
      entraClientId: clientId
      entraAffiliateTenantIds: entraAffiliateTenantIds
      identityId: identities[i].outputs.resourceId
      identityClientId: identities[i].outputs.clientId
      identityPrincipalId: identities[i].outputs.principalId
      scale: scale
      settings: union(settings, geo.?settings ?? {})
      privateNetwork: privateNetwork
      addressPrefix: geo.?addressPrefix ?? '10.20.${i}.0/24'
      alertEmails: alertEmails
      lockData: lockData
      logRetentionDays: logRetentionDays
      tags: union(allTags, { geography: geo.name })
    }
  }
]

module budget 'br/public:avm/res/consumption/budget/sub-scope:0.1.0' = if (monthlyBudget > 0) {
  name: 'visitbridge-budget-${environmentName}'
  params: {
    name: 'visitbridge-${environmentName}'
    amount: monthlyBudget
    startDate: '${budgetFrom}T00:00:00Z'
    thresholds: [50, 80, 100]
    contactEmails: alertEmails
    contactRoles: ['Owner']
    resourceGroupFilter: concat(groupNames, [portalGroup.name])
    enableTelemetry: false
  }
}

// What azd keeps in its environment, and hands to the hooks.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AUTHORITY string = '${environment().authentication.loginEndpoint}${tenant().tenantId}'
output ENTRA_CLIENT_ID string = clientId
output PORTAL_SCOPE string = createEntraApp ? entra!.outputs.scope : (empty(portalScope) ? 'api://${entraClientId}/Portal.Access' : portalScope)
// For an administrator who makes the registration alone: what entra.bicep asks for.
output ENTRA_UNIQUE_NAME string = uniqueName
output ENTRA_PUBLIC_URLS array = publicUrls
output ENTRA_IDENTITIES array = [
  for (geo, i) in geos: {
    name: geo.name
    principalId: identities[i].outputs.principalId
  }
]
output PORTAL_URL string = portalOrigin
output PORTAL_NAME string = portal.outputs.name
output PORTAL_RESOURCE_GROUP string = portalGroup.name
output VISITBRIDGE_BUDGET_START string = monthlyBudget > 0 ? budgetFrom : ''
output API_NAME string = stamps[0].functionApp
output API_RESOURCE_GROUP string = groups[0].name
output STAMPS array = [
  for (geo, i) in geos: {
    geography: geo.name
    resourceGroup: groups[i].name
    functionApp: stamps[i].functionApp
    publicUrl: stamps[i].publicUrl
    vault: stamp[i].outputs.vaultName
    systemTopic: stamp[i].outputs.systemTopicName
  }
]
