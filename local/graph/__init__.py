"""Stand-in for Microsoft Graph: Teams meetings, their call events, attendance and call records, and people.

Modelled: application permissions, the application access policy of Teams, meetings keyed as `createOrGet` keys them,
encrypted change notifications with signed validation tokens, and what each call refuses.

Not modelled: delegated access (`/me`), `$batch`, the minutes by which the real service is late, mail and calendars,
and per-property rules of Teams Premium. Unlike the real service, notification addresses may be plain http on this
machine, because nothing here can be reached from elsewhere.
"""
