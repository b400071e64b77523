// Optional: a virtual network from which the app reaches storage and vault, which then have no public door.

@description('Which geography.')
param geography string

@description('Region.')
param location string

@description('Addresses: a network that ends in .0/24.')
param addressPrefix string

@description('The storage account.')
param storageId string

@description('The vault.')
param vaultId string

@description('Tags.')
param tags object

var suffix = environment().suffixes.storage
var doors = [
  { name: 'blob', zone: 'privatelink.blob.${suffix}', target: storageId }
  { name: 'queue', zone: 'privatelink.queue.${suffix}', target: storageId }
  { name: 'table', zone: 'privatelink.table.${suffix}', target: storageId }
  { name: 'vault', zone: 'privatelink.vaultcore.azure.net', target: vaultId }
]

module network 'br/public:avm/res/network/virtual-network:0.10.1' = {
  name: 'virtual-network'
  params: {
    name: 'vnet-visitbridge-${geography}'
    location: location
    addressPrefixes: [addressPrefix]
    subnets: [
      {
        name: 'functions'
        addressPrefix: replace(addressPrefix, '.0/24', '.0/26')
        // What Flex Consumption asks for.
        delegation: 'Microsoft.App/environments'
      }
      {
        name: 'private-endpoints'
        addressPrefix: replace(addressPrefix, '.0/24', '.64/26')
      }
    ]
    tags: tags
    enableTelemetry: false
  }
}

module zones 'br/public:avm/res/network/private-dns-zone:0.8.1' = [
  for door in doors: {
    name: 'zone-${door.name}'
    params: {
      name: door.zone
      virtualNetworkLinks: [
        { virtualNetworkResourceId: network.outputs.resourceId }
      ]
      tags: tags
      enableTelemetry: false
    }
  }
]

module endpoints 'br/public:avm/res/network/private-endpoint:0.12.1' = [
  for (door, i) in doors: {
    name: 'endpoint-${door.name}'
    params: {
      name: 'pep-visitbridge-${geography}-${door.name}'
      location: location
      subnetResourceId: network.outputs.subnetResourceIds[1]
      privateLinkServiceConnections: [
        {
          name: door.name
          properties: {
            privateLinkServiceId: door.target
            groupIds: [door.name]
          }
        }
      ]
      privateDnsZoneGroup: {
        privateDnsZoneGroupConfigs: [
          { privateDnsZoneResourceId: zones[i].outputs.resourceId }
        ]
      }
      tags: tags
      enableTelemetry: false
    }
  }
]

output functionsSubnetId string = network.outputs.subnetResourceIds[0]
