// Optional: the app registration, by the Microsoft Graph Bicep extension. It has no secret: the apps' managed identities
// are its federated credentials. Deploy it from main.bicep (createEntraApp), or let an administrator do it alone:
// az deployment sub create --template-file infra/entra.bicep ...
extension microsoftGraphV1

targetScope = 'subscription'

@description('The name by which this deployment finds its registration again; it cannot be changed.')
param uniqueName string

@description('What people see when they sign in.')
param displayName string = 'VisitBridge'

@description('Addresses of the function apps, one for each geography.')
param publicUrls array

@description('The portal\'s address.')
param portalUrl string

@description('The managed identities: { name, principalId } each.')
param identities array

@description('Whether people of affiliated organisations sign in too.')
param multiTenant bool = false

@description('Grant the Graph permissions, instead of leaving that to infra/admin/consent.')
param grantGraphPermissions bool = false

@description('Whether call records are to be read: the setting CALL_QUALITY.')
param callQuality bool = false

// Application permissions on Microsoft Graph; docs/operator.md says what each is for.
var graphPermissions = ['OnlineMeetingArtifact.Read.All', 'OnlineMeetings.ReadWrite.All', 'User.Read.All']
var callQualityPermissions = ['CallRecords.Read.All']
var wantedPermissions = concat(graphPermissions, callQuality ? callQualityPermissions : [])
var graphAppId = '00000003-0000-0000-c000-000000000000'
var identifierUri = 'api://${tenant().tenantId}/${uniqueName}'
var appRoles = [
  { value: 'Connector.Admin', displayName: 'Administrator', description: 'Sets up connections, texts and numbers, and sees reports.' }
  { value: 'Connector.Approver', displayName: 'Approver', description: 'Approves connections and copies their records.' }
  { value: 'Reports.Read', displayName: 'Report reader', description: 'Reads reports.' }
]

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: graphAppId
}

resource app 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: displayName
  signInAudience: multiTenant ? 'AzureADMultipleOrgs' : 'AzureADMyOrg'
  identifierUris: [identifierUri]
  // `wids` tells a Global Administrator, who may begin without a role.
  groupMembershipClaims: 'DirectoryRole'
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: guid(uniqueName, 'Portal.Access')
        value: 'Portal.Access'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Use the VisitBridge portal'
        adminConsentDescription: 'Lets the portal call VisitBridge in the name of the person who signed in.'
        userConsentDisplayName: 'Use the VisitBridge portal'
        userConsentDescription: 'Lets the portal call VisitBridge in your name.'
      }
    ]
  }
  appRoles: [
    for role in appRoles: {
      id: guid(uniqueName, role.value)
      value: role.value
      displayName: role.displayName
      description: role.description
      allowedMemberTypes: ['User']
      isEnabled: true
    }
  ]
  spa: {
    redirectUris: ['${portalUrl}/']
  }
  web: {
    redirectUris: [for url in publicUrls: '${url}/api/signin/callback']
    implicitGrantSettings: {
      enableAccessTokenIssuance: false
      enableIdTokenIssuance: false
    }
  }
  requiredResourceAccess: [
    {
      resourceAppId: graphAppId
      resourceAccess: [
        for permission in wantedPermissions: {
          id: filter(graph.appRoles, role => role.value == permission)[0].id
          type: 'Role'
        }
      ]
    }
  ]
}

// Entra takes one change of a registration at a time.
@batchSize(1)
resource credentials 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = [
  for identity in identities: {
    name: '${app.uniqueName}/${identity.name}'
    description: 'The managed identity of the function app of ${identity.name}.'
    audiences: ['api://AzureADTokenExchange']
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identity.principalId
  }
]

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: app.appId
  // Were assignment required, Graph's notifications would come without their proof: docs/operator.md.
  appRoleAssignmentRequired: false
}

resource consent 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for permission in (grantGraphPermissions ? wantedPermissions : []): {
    principalId: principal.id
    resourceId: graph.id
    appRoleId: filter(graph.appRoles, role => role.value == permission)[0].id
  }
]

output clientId string = app.appId
output scope string = '${identifierUri}/Portal.Access'
