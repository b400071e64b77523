"""Which browsers a call in Teams cannot run in, by what a server can know of them. Pure.

A page asks for what it needs (`functions/waiting_script.py`); a redirect cannot ask, and the browser's name is all there
is. So only those are named here that are known not to do: whoever is not named goes on.
https://support.microsoft.com/office/join-a-meeting-in-microsoft-teams has what Teams takes; in windows inside other apps
it takes none.
"""

import re

LONGEST = 512
OLD = re.compile(r"MSIE |Trident/|Opera Mini")
IN_AN_APP = re.compile(
    r"FBAN|FBAV|FB_IAB|Instagram|MicroMessenger|Snapchat|LinkedInApp|Pinterest/|BytedanceWebview|musical_ly|\bLine/|; wv\)"
)
APPLE = re.compile(r"\((?:iPhone|iPad|iPod)[^)]*\) AppleWebKit/")


def fits(user_agent: str) -> bool:
    """Whether a call may run in the browser of this User-Agent header, of which nothing is kept."""
    agent = user_agent[:LONGEST]
    # Every browser on Apple's phones says Safari (https://developer.apple.com/documentation/webkit); a window in an app not.
    inside_an_app = IN_AN_APP.search(agent) or (APPLE.search(agent) and "Safari/" not in agent)
    return not (OLD.search(agent) or inside_an_app)
