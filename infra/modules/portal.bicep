// The portal's home. Its headers come with its files: portal/staticwebapp.config.json, made by the deployment's hook.

@description('Name of the static web app.')
param name string

@description('Region of its management.')
param location string

@description('Tags.')
param tags object

resource site 'Microsoft.Web/staticSites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'portal' })
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    allowConfigFileUpdates: true
    // A preview would be another origin, which no API lets in.
    stagingEnvironmentPolicy: 'Disabled'
  }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostname}'
