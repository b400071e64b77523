"""Stand-in for a hospital's Epic: the SMART authorization server with Epic's habits, discovery, the clinician's chart
and the patient's portal with their launch buttons, the sender of appointment messages, and the status write-back.

It takes what a registered vendor app sends, over TLS, and is as strict as Epic's public pages say. Not modelled: FHIR
reads, refresh tokens, client secrets, encrypted launches, and anything that only Epic's customers can read about.
"""
