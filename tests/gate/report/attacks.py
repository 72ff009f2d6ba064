"""HTML of notebooks that would act, cover, load or forge something on a page."""

AWAY = "http://127.0.0.1:9/away"  # where nothing listens
HTML_ATTACKS = {
    "a script": "<script>alert(1)</script>",
    "a script behind our tags": '</code></pre></div></details>"><script>alert(1)</script>',
    "a handler": "<img src=x onerror=alert(1)><p onmouseover=alert(1) onclick='alert(1)'>x",
    "a handler of an attribute": '" onmouseover="alert(1)" x=\'',
    "focus": "<input autofocus onfocus=alert(1)><details open ontoggle=alert(1)>",
    "an SVG that acts": "<svg onload=alert(1)><script>alert(1)</script><a href='javascript:0'/>",
    "a link that acts": "<a href='javascript:alert(1)'>x</a> [x](javascript:0) [y](data:,x)",
    "a link to a document of its own": "<a href='data:text/html,x'>x</a> <a href=../secret>y</a>",
    "a picture from outside": f"<img src={AWAY}> ![x]({AWAY}) <video poster={AWAY}>",
    "an SVG from outside": f"<svg><image href={AWAY}/><use xlink:href='{AWAY}#a'/><use href=a#b />",
    "a style": f"<style>@import '{AWAY}'; *{{display:none}}</style><link href={AWAY}>",
    "a cover": "<div style='position:fixed;inset:0;z-index:9;background:red' class='skip'>x</div>",
    "a frame": f"<iframe src={AWAY}></iframe><object data={AWAY}></object><embed src={AWAY}>",
    "another page": f"<meta http-equiv=refresh content='0;url={AWAY}'><base href={AWAY}>",
    "a form": f"<form action={AWAY} id=n0><input name=verdict><button>Send</button></form>",
    "what swallows the rest": "<!-- <plaintext><textarea><template><xmp><noscript><title>",
    "a mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;'>",
    "another document": "<svg><foreignObject><body onload=alert(1)><script>alert(1)</script>",
    "a template": "{{ 7 * 191 }} {% raw %} {{ lesson.__class__ }}",
    "an order turned by its number": "&#x202e;txt.exe&#x2066; <b>\u202e</b>",
    "a command by its number": "\n\n&#58;:error::forged\n\n\\:\\:error::forged\n\n\\##[error]x",
    "a forged finding": "<div class='finding error' id='n0f0'><h4>error network</h4></div>",
    "a picture that is none": "<img src='data:image/svg+xml;base64,PHN2Zy8+'><img src='data:,x'>",
    "a wide table": "<table><tr><td colspan=99999 rowspan=99999 width=99999>x</table>",
}
