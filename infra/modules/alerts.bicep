// What wakes someone. The names of metrics are those of shared/metrics.py; a test holds them together. What to do about
// each is in docs/operator/alerts.md, under the alert's own name.

@description('Which geography.')
param geography string

@description('Region.')
param location string

@description('The function app.')
param functionAppId string

@description('The address that tells whether the stamp is alive.')
param healthUrl string

@description('Where the logs are.')
param workspaceId string

@description('Application Insights, which asks for the health.')
param insightsId string

@description('Who is told, by e-mail.')
param emails array

@description('Tags.')
param tags object

// A measurement is a line of the log: `metric NAME=VALUE unit=UNIT word=...`.
var measured = 'AppTraces | where Message startswith "metric visitbridge." | extend Name = extract("^metric ([a-z._]+)=", 1, Message), Value = todouble(extract("=([-0-9.]+) ", 1, Message))'
var logAlerts = [
  {
    name: 'tick-late'
    severity: 1
    title: 'A third of the last quarter hour\'s ticks did not come: texts leave late'
    query: '${measured} | where Name == "visitbridge.tick.handed" | summarize Found = count()'
    operator: 'LessThan'
    threshold: 10
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'poison-queue'
    severity: 2
    title: 'A message failed five times and was put aside'
    query: '${measured} | where Name == "visitbridge.queue.poisoned" | summarize Found = sum(Value)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'writeback-paused'
    severity: 2
    title: 'Statuses do not reach an EHR'
    query: '${measured} | where Name == "visitbridge.writeback.paused" | summarize Found = sum(Value)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'certificate-expiring'
    severity: 2
    title: 'A sender\'s certificate runs out within 30 days'
    query: '${measured} | where Name == "visitbridge.certificate.remaining" and Value < 30 * 86400 | summarize Found = count()'
    operator: 'GreaterThan'
    threshold: 0
    window: 'P1D'
    every: 'P1D'
  }
  {
    name: 'launch-failures'
    severity: 2
    title: 'More than ten launches, and more than one in ten, were refused within 15 minutes'
    query: '${measured} | where Name in ("visitbridge.launch.begun", "visitbridge.launch.refused") | summarize Begun = countif(Name == "visitbridge.launch.begun"), Refused = countif(Name == "visitbridge.launch.refused") | extend Found = iff(Refused > 10 and Refused * 10 > Begun, Refused, 0)'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'texts-late'
    severity: 2
    title: 'One text in twenty left more than a minute late'
    query: '${measured} | where Name == "visitbridge.text.lateness" | summarize Found = percentile(Value, 95)'
    operator: 'GreaterThan'
    threshold: 60
    window: 'PT15M'
    every: 'PT5M'
  }
]

module recipients 'br/public:avm/res/insights/action-group:0.8.0' = {
  name: 'recipients'
  params: {
    name: 'ag-visitbridge-${geography}'
    groupShortName: 'vb-${geography}'
    emailReceivers: [
      for email in emails: {
        name: email
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
    tags: tags
    enableTelemetry: false
  }
}

resource onLogs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: 'visitbridge-${geography}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'VisitBridge ${geography}: ${alert.name}'
      description: '${alert.title}. What to do: docs/operator/alerts.md, ${alert.name}.'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      autoMitigate: true
      // A workspace that has never had a record has no such column yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Found'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [recipients.outputs.resourceId]
      }
    }
  }
]

// Asked from five places; the health knows whether storage answers and a tick ran within five minutes.
resource watch 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health-${geography}'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${geography}'
    Name: 'Health of ${geography}'
    Enabled: true
    Kind: 'standard'
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      { Id: 'us-va-ash-azr' }
      { Id: 'us-ca-sjc-azr' }
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: {
      RequestUrl: healthUrl
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource onHealth 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'visitbridge-${geography}-health-red'
  location: 'global'
  tags: tags
  properties: {
    description: 'The stamp is down, seen from two places or more. What to do: docs/operator/alerts.md, health-red.'
    severity: 0
    enabled: true
    scopes: [watch.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: watch.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [
      { actionGroupId: recipients.outputs.resourceId }
    ]
  }
}

resource onErrors 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'visitbridge-${geography}-http-5xx'
  location: 'global'
  tags: tags
  properties: {
    description: 'More than ten answers within five minutes were 5xx. What to do: docs/operator/alerts.md, http-5xx.'
    severity: 1
    enabled: true
    scopes: [functionAppId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'answers'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 10
        }
      ]
    }
    actions: [
      { actionGroupId: recipients.outputs.resourceId }
    ]
  }
}
