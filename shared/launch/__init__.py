"""From a click in the chart, the patient portal or a text to the room."""
