"""How a picture gets into a page that needs no network, whatever text its data holds."""

from __future__ import annotations

import html
import json
from functools import cache
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'"
)


def standalone(spec: dict[str, Any], title: str) -> str:
    """One picture as an HTML page of its own."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{html.escape(title)}</title>
</head>
<body>
<div id="picture"></div>
<script type="application/json" id="spec">{as_json(spec)}</script>
<script>{vega()}</script>
<script>
const spec = JSON.parse(document.getElementById("spec").textContent);
vegaEmbed("#picture", spec, {{ renderer: "svg" }});
</script>
</body>
</html>
"""


def as_json(value: Any) -> str:
    """JSON that is safe inside a script element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


@cache
def vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that sets ``vegaEmbed``."""
    import vl_convert

    bundle = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    return bundle.replace("</script", "<\\/script")
