// The values of one deployment, from azd's environment: `azd env set NAME VALUE`. Ready ones are in environments/.
using './main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param geos = empty(readEnvironmentVariable('VISITBRIDGE_GEOS', ''))
  ? [{ name: 'amer', location: readEnvironmentVariable('AZURE_LOCATION'), dataLocation: 'United States' }]
  : json(readEnvironmentVariable('VISITBRIDGE_GEOS', ''))
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '')
param portalScope = readEnvironmentVariable('VISITBRIDGE_PORTAL_SCOPE', '')
param createEntraApp = bool(readEnvironmentVariable('VISITBRIDGE_CREATE_ENTRA_APP', 'false'))
param grantGraphPermissions = bool(readEnvironmentVariable('VISITBRIDGE_GRANT_GRAPH', 'false'))
param entraAffiliateTenantIds = readEnvironmentVariable('ENTRA_AFFILIATE_TENANT_IDS', '')
param portalLocation = readEnvironmentVariable('VISITBRIDGE_PORTAL_LOCATION', 'eastus2')
param portalUrl = readEnvironmentVariable('VISITBRIDGE_PORTAL_URL', '')
param settings = json(readEnvironmentVariable('VISITBRIDGE_SETTINGS', '{}'))
param privateNetwork = bool(readEnvironmentVariable('VISITBRIDGE_PRIVATE_NETWORK', 'false'))
param alertEmails = json(readEnvironmentVariable('VISITBRIDGE_ALERT_EMAILS', '[]'))
param monthlyBudget = int(readEnvironmentVariable('VISITBRIDGE_MONTHLY_BUDGET', '0'))
param budgetStart = readEnvironmentVariable('VISITBRIDGE_BUDGET_START', '')
param lockData = bool(readEnvironmentVariable('VISITBRIDGE_LOCK_DATA', 'true'))
